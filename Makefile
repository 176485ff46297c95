# `make book` and `make test` are the two commands; `make help` lists all.
# They need Python 3.11 or newer (another one: make PYTHON=python3.13 ...) and make, nothing else.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
STAGE  := _build/stage
PAGE   := _build/html/index.html

# How many tests or notebooks run side by side: a number, or auto for one a core.
JOBS ?= auto
# The part of the book whose notebooks `make nbval` and `make outputs` run, for example PART=part2; all by default.
PART ?=
# What `make mutants` changes, and how often: for example MUTATE='pdenet/runs --each 20 --seed 7'.
MUTATE ?= pdenet --each 5

# Flags for `jupyter-book build`; .ci/run passes -W --keep-going -n.
JB_FLAGS ?=

# Notebooks may call the console script (`!pdenet info`); it is then the one of this environment.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export JUPYTER_PLATFORM_DIRS := 1
# The environment is what the lock says, whatever Python and pip are told elsewhere. Without assertions
# (PYTHONOPTIMIZE) tests and guards would pass by themselves; a virtual environment has no packages of a user.
unexport PYTHONHOME PYTHONINSPECT PYTHONOPTIMIZE PYTHONPATH PYTHONSAFEPATH PYTHONSTARTUP PYTHONWARNINGS
unexport PIP_PREFIX PIP_PYTHON PIP_ROOT PIP_TARGET
export PIP_USER := 0
export PIP_REQUIRE_HASHES := 0

# Notebooks run in their own folder, where a relative path would lead elsewhere. `abspath` takes a space for
# the end of a name, so spaces are something else while it works; ~ is left to the package.
empty :=
space := $(empty) $(empty)
ifdef PDENET_DATA
named := $(subst $(space),<space>,$(value PDENET_DATA))
override PDENET_DATA := $(subst <space>,$(space),$(if $(filter ~%,$(named)),$(named),$(abspath $(named))))
export PDENET_DATA
endif

.DEFAULT_GOAL := help
.PHONY: help env book html test lint types style rooms examples nbval fault-test outputs lock lowest mutants clean

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

env: $(READY)  ## create .venv from requirements.lock

$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("pdenet needs Python 3.11 or newer, \
	got %d.%d; name another one, for example: make env PYTHON=python3.13" % sys.version_info[:2])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

book: env  ## run every chapter afresh and build the HTML of what it ran
	$(stage)
	$(BIN)/python scripts/execute_book.py --jobs $(JOBS) $(STAGE)/book
	$(build)

html: env  ## build the HTML of the stored outputs; nothing is run
	$(stage)
	$(build)

test: lint  ## lint, types, tests, and every notebook against its stored outputs
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --durations=15
	$(MAKE) --no-print-directory nbval

# Side by side: types take the longest by far, on one core.
lint: env  ## the four below, side by side
	$(MAKE) --no-print-directory -j 2 types style rooms examples

types: env  ## mypy
	$(BIN)/mypy

style: env  ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

rooms: env  ## import-linter: who may import whom
	$(BIN)/lint-imports --no-logo

examples: env  ## the examples in docstrings
	$(BIN)/python -m pytest -q --doctest-modules --ignore=pdenet/ops/fused/cuda_kernels.py \
	    pdenet/checks pdenet/symbolic pdenet/ops

nbval: env  ## run the notebooks and compare with their stored outputs
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --durations=15 \
	    --nbval --nbval-current-env --nbval-sanitize-with tests/nbval.cfg book/$(PART)

fault-test: env  ## attack what is kept on disk: kills, damage, writers side by side; counts of each kind
	PYTHONPATH=tests $(BIN)/python -m faults

outputs: env  ## for authors: run the chapters in place and store their outputs
	$(BIN)/python scripts/execute_book.py --jobs $(JOBS) book/$(PART)

lock: env  ## for maintainers: pin the newest versions that pyproject.toml allows
	$(BIN)/uv pip compile pyproject.toml --extra book --extra tests --extra build --extra lock --upgrade \
	    --universal --generate-hashes --no-emit-index-url --python-version 3.11 -o requirements.lock

# They were made for Python 3.11; for a newer one some would have to be compiled.
lowest: env  ## run the tests with the lowest versions that pyproject.toml allows
	$(PYTHON) -m venv --clear _build/lowest
	$(BIN)/uv pip compile pyproject.toml --extra book --extra tests --extra build --resolution lowest-direct \
	    --python _build/lowest/bin/python --no-emit-index-url --quiet -o _build/lowest.txt
	_build/lowest/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r _build/lowest.txt
	_build/lowest/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	_build/lowest/bin/python -m pytest -n $(JOBS) --dist loadfile

mutants: env  ## for maintainers: change the package a little, many times, and see which changes no test notices
	$(BIN)/python scripts/mutate.py $(MUTATE)

clean:  ## remove what was built; .venv stays
	rm -rf _build .mypy_cache .pytest_cache .ruff_cache

# Sphinx reads a copy that holds the book alone, always from nothing: a page that failed fails again,
# and running the chapters leaves the working tree as it was.
define stage
@rm -rf $(STAGE) _build/html _build/.doctrees
@mkdir -p $(STAGE)
@cp -R book _config.yml _toc.yml $(STAGE)
endef

define build
$(BIN)/jupyter-book build $(STAGE) --path-output . $(JB_FLAGS)
@$(BIN)/python scripts/check_book.py _toc.yml _build/html
@echo "The book: file://$(subst $(space),%20,$(CURDIR))/$(PAGE)"
endef
