#!/bin/sh
# All checks and all tests but the soak. REQUIRE_ALL=1 turns a skipped test into a failed one.
set -eu
unset PYTHONDONTWRITEBYTECODE  # hundreds of processes, and each would compile every module again
scripts/check.sh
if command -v npm >/dev/null 2>&1; then
    [ -d tests/interop/node_modules ] || npm ci --prefix tests/interop --ignore-scripts --no-audit --no-fund --silent
fi
# All of a file on one worker, so that what its tests share is set up once.
.venv/bin/pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=40 --durations-min=3
