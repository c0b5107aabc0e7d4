# One command each; "make" alone lists them. Every one may be repeated, and each makes first what it needs.
# Nothing has to be installed by hand but Python 3.11 or newer (with its venv module) and make.

PORT ?= 5000
HOST ?= 127.0.0.1
WORKERS ?= 2
ARGS ?=
BROWSER ?= tests/browser

VENV = .venv
BIN = $(VENV)/bin
RUN_READY = $(VENV)/ready-to-run
DEV_READY = $(VENV)/ready-to-test
PIP_INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
PYTEST = $(BIN)/python -m pytest
CHECKED = app.py core hr library
LOCK = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11

BENCH = instance/bench/django
BENCH_READY = $(BENCH)/ready

.PHONY: help setup run serve bench test test-postgres browser browser-postgres lint screenshots vendor lock clean
.DEFAULT_GOAL := help

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

# The environment. It is made anew only where it is missing, and installed into only when a lock file is newer.
$(BIN)/python:
	@python=; \
	for candidate in $(PYTHON) python3 python3.13 python3.12 python3.11 python3.14; do \
	    if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	        python=$$candidate; break; \
	    fi; \
	done; \
	if [ -z "$$python" ]; then \
	    echo "Joinery needs Python 3.11 or newer with its venv module (on Debian: apt-get install python3 python3-venv)." >&2; \
	    echo "If it is installed under another name, say so: make $(or $(MAKECMDGOALS),setup) PYTHON=/path/to/python3" >&2; \
	    exit 1; \
	fi; \
	echo "Making the environment in $(VENV) with $$("$$python" --version)."; \
	"$$python" -m venv $(VENV)

$(RUN_READY): requirements.txt | $(BIN)/python
	@echo "Installing what Joinery needs to run."
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(DEV_READY): requirements-dev.txt $(RUN_READY)
	@echo "Installing what the tests and checks need."
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@

setup: $(DEV_READY) ## make the environment: what runs, what tests

run: $(RUN_READY) ## start Joinery on PORT (5000), with DATABASE_URL or a SQLite file in instance/
	@$(BIN)/flask db upgrade
	@echo "Joinery starts on http://$(HOST):$(PORT)/ (Ctrl+C ends it)."
	@exec $(BIN)/flask run --host $(HOST) --port $(PORT)

serve: $(RUN_READY) ## serve Joinery to an office: WORKERS (2) processes of gunicorn, behind a proxy that speaks https
	@$(BIN)/flask db upgrade
	@exec $(BIN)/gunicorn --workers $(WORKERS) --threads 4 --no-control-socket --bind $(HOST):$(PORT) "app:create_app()"

# Django admin, beside which Joinery is measured, has an environment of its own.
$(BENCH_READY): bench/django/requirements.txt $(RUN_READY)
	@echo "Installing Django, to measure beside it."
	@$(BIN)/python -m venv $(BENCH)
	@$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bench/django/requirements.txt
	@touch $@

bench: $(BENCH_READY) ## measure everything beside a floor by hand and Django admin (ARGS="--scale 1" for the real size)
	$(BIN)/python -m bench.harness --django $(abspath $(BENCH)/bin/python) $(ARGS)

test: $(DEV_READY) ## run the whole suite on SQLite, and again on PostgreSQL if TEST_DATABASE_URL names a server
	TEST_DATABASE_URL= $(PYTEST) -n $(WORKERS) --dist worksteal $(ARGS)
	@if [ -n "$$TEST_DATABASE_URL" ]; then \
	    echo "Once more, on PostgreSQL."; \
	    $(PYTEST) -n $(WORKERS) --dist worksteal $(ARGS); \
	fi

test-postgres: $(DEV_READY) ## run the suite on a PostgreSQL server started for it and thrown away
	tests/postgres.sh $(PYTEST) -n $(WORKERS) --dist worksteal $(ARGS)

browser: $(DEV_READY) ## run the tests that click through the pages in Chromium
	$(PYTEST) -n $(WORKERS) --dist worksteal --browser-tests $(BROWSER) $(ARGS)

browser-postgres: $(DEV_READY) ## the same on a PostgreSQL server started for it and thrown away
	tests/postgres.sh $(MAKE) --no-print-directory browser BROWSER="$(BROWSER)" ARGS="$(ARGS)"

lint: $(DEV_READY) ## check style, types, templates and common security slips
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(CHECKED)
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml --confidence-level medium $(CHECKED)

screenshots: $(DEV_READY) ## make the pictures of the README anew, from made-up data (needs Chromium)
	$(BIN)/python bench/screenshots.py $(ARGS)

vendor: ## fetch the third-party scripts and styles of static/vendor again (needs npm)
	sh static/vendor/vendor.sh

lock: $(DEV_READY) ## write requirements.txt and requirements-dev.txt from their .in files
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt
	$(LOCK) bench/django/requirements.in -o bench/django/requirements.txt

clean: ## remove what these commands made, except the data in instance/
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
