#!/bin/sh
# Make .venv from the standard library alone and install one locked set of packages into it.
# usage: scripts/bootstrap.sh requirements.lock | requirements-dev.lock
set -eu
cd "$(dirname "$0")/.."
lock=$1
mark=.venv/.installed-${lock%.lock}

# The first line printed is the command that installs what is absent.
python=
for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "sudo apt-get install -y python3 python3-venv"
    echo "Python 3.11 or newer was not found; the line above installs it on Debian 12 and Ubuntu 24.04." >&2
    exit 2
fi
if [ ! -x .venv/bin/python ]; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        echo "sudo apt-get install -y python$version-venv"
        echo "Python's venv package was not found; the line above installs it." >&2
        exit 2
    fi
    rm -rf .venv
    "$python" -m venv .venv
fi
if [ -f "$mark" ] && cmp -s "$lock" "$mark"; then exit 0; fi
if [ "$lock" = requirements.lock ] && [ -f .venv/.installed-requirements-dev ] &&
    cmp -s requirements-dev.lock .venv/.installed-requirements-dev; then exit 0; fi
echo "Installing pinned packages into .venv (once)." >&2
export PIP_DISABLE_PIP_VERSION_CHECK=1
.venv/bin/python -m pip install --quiet --require-hashes -r requirements-uv.lock
.venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r "$lock"
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
cp "$lock" "$mark"
