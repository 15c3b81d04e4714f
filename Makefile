# make run     every deal: tranche table, and a page in reports/  make bench   our kernel against the peers, ratios
# make test    the fast tests                                   make lint    ruff and mypy
# make test-all  every test, more Hypothesis examples           make build   sdist and wheel in dist/
# make claims   docs/claims.md: the claims about GPU debt as tables
# make fuzz    100,000 mutants of the deals, read and compiled
# make bench-batch  1,000 generated deals in one batch: throughput, overhead, processes, memory
#
# Each target makes .venv when there is none, and installs or compiles again only when pyproject.toml, setup.py or
# cyext/ changed. Python sources need neither: the installation is editable.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.PHONY: help run test test-all bench bench-batch fuzz claims lint build clean

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BENCH := $(VENV)/.bench
JOBS ?= 2
FUZZ ?= 100000
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

# The first that is Python 3.11 or newer; `make PYTHON=/path/to/python3.12 …` overrules it.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

help:
	@sed -n 's/^# \(make.*\)/\1/p' Makefile

run: $(READY)
	@echo "==> run: every deal in deals/, simulated"
	@$(BIN)/tranche run deals
	@echo "==> run: a page for each deal, and an index"
	@$(BIN)/tranche report deals --out reports

test: $(READY)
	@echo "==> test: the fast tests on $(JOBS) processes"
	@$(PYTEST) -m "not slow"

test-all: $(READY) $(BENCH)
	@echo "==> test-all: every test, more Hypothesis examples, on $(JOBS) processes"
	@HYPOTHESIS_PROFILE=all $(PYTEST)

fuzz: $(READY)
	@echo "==> fuzz: $(FUZZ) mutants of the living deals, read and compiled"
	@$(BIN)/python -m tests.soak.fuzz_deals $(FUZZ)

bench: $(READY) $(BENCH)
	@echo "==> bench: the benchmark job, our kernel and the peers in one run"
	@$(BIN)/python -m benchmarks.run
	@echo "==> bench: a deal of the usual size, against numpy code written for it"
	@$(BIN)/python -m benchmarks.whole
	@$(BIN)/python -m benchmarks.fleet
	@$(BIN)/python -m benchmarks.miner
	@echo "==> bench: paths of a market, against numpy, scipy, statsmodels and pyvinecopulib"
	@$(BIN)/python -m benchmarks.scenario
	@echo "==> bench: the peak of a run's memory"
	@$(BIN)/python -m benchmarks.memory

bench-batch: $(READY)
	@echo "==> bench-batch: 1,000 generated deals × 10,000 paths × 60 months"
	@$(BIN)/python -m benchmarks.batch

claims: $(READY)
	@echo "==> claims: docs/claims.md"
	@$(BIN)/python docs/claims.py

lint: $(READY)
	@echo "==> lint: ruff"
	@$(BIN)/ruff check .
	@echo "==> lint: mypy, strict"
	@$(BIN)/mypy

build: $(READY)
	@echo "==> build: sdist and wheel, in an isolated environment"
	@rm -rf dist
	@$(BIN)/python -m build --outdir dist .
	@if test "$$(uname)" = Linux; then \
		echo "==> build: the wheel takes its OpenMP library along"; \
		PATH="$(CURDIR)/$(BIN):$$PATH" auditwheel repair --wheel-dir dist dist/*.whl && rm dist/*-linux_*.whl; \
	fi
	@ls -l dist

clean:
	@echo "==> clean: everything that was made from the sources; $(VENV) stays"
	@rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@rm -f tranche/_kernels/*.so $(READY) $(BENCH)
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "tranche needs Python 3.11 or newer; python3 here is: \
	$$(python3 --version 2>/dev/null || echo missing). Install one, or: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "tranche needs Python 3.11 or newer; $(PYTHON) is: $$($(PYTHON) --version 2>&1)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	echo "$(PYTHON) cannot make virtual environments; on Debian: apt install python3-venv"; exit 1; }
	@echo "==> $(VENV): a virtual environment of $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

# A change of cyext/ alone needs no installation, only a compilation.
$(READY): pyproject.toml setup.py $(wildcard cyext/*) | $(BIN)/python
	@if test -n "$(filter pyproject.toml setup.py,$?)"; then \
		echo "==> installing tranche with what it needs, and compiling its kernels (a few minutes the first time)"; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'; \
		cat build/kernels.txt; \
	else \
		echo "==> compiling the kernels: $(notdir $?) changed"; \
		$(BIN)/python setup.py --quiet build_ext --inplace; \
	fi
	@touch $@

# Numba is only a peer of the benchmark. The package is installed already, so this adds no more than its extra.
$(BENCH): pyproject.toml | $(READY)
	@echo "==> installing what the benchmark compares with"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'tranche-finance[bench]'
	@touch $@
