#!/usr/bin/env bash
# Runs the whole test suite on all cores and holds the coverage floor of the four rooms that people's data goes through.
set -euo pipefail
cd "$(dirname "$0")/.."
export QT_QPA_PLATFORM="${QT_QPA_PLATFORM:-offscreen}"
# Worker processes share the cores already; threads below them only fight.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
rm -f .coverage .coverage.*
.venv/bin/pytest -n auto --dist worksteal --cov --cov-report= "$@"
.venv/bin/python scripts/coverage_floor.py
