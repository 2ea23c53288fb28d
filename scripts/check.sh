#!/bin/sh
# What a reader would otherwise have to look for by eye.
set -eu
bin=.venv/bin
$bin/ruff format --check --quiet .
$bin/ruff check --quiet .
$bin/mypy
$bin/lint-imports | tail -3
