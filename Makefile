# `make demo` and `make test` need Python 3.11 or newer, make and a package index; they set up the rest in .venv.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
PO := $(wildcard src/mainstay/locale/*/LC_MESSAGES/*.po)

# Virtual environment → pinned packages → this project in it. Each leaves a stamp, so a second run is instant.
MADE := $(VENV)/.made
RUN := $(VENV)/.run
DEV := $(VENV)/.dev
SELF := $(VENV)/.self
MESSAGES := $(VENV)/.messages

# Results must not depend on the data home and the database of whoever runs the checks.
CLEAN_ENV := env -u DATABASE_URL MAINSTAY_HOME=$(CURDIR)/$(VENV)/home DJANGO_SETTINGS_MODULE=mainstay.config.settings

# Browser tests run where Chromium is; with CI=true or MAINSTAY_BROWSER=1 a machine without it fails.
CHROMIUM = $(firstword $(foreach name,chromium chromium-browser google-chrome,$(shell command -v $(name) 2> /dev/null)))
INSIST = $(filter true 1,$(CI) $(MAINSTAY_BROWSER))
BROWSER = $(if $(CHROMIUM)$(INSIST),, and not browser)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test test-long check messages lock browser clean

help:
	@echo "make demo       the demonstration company, served on this machine"
	@echo "make test       all checks and the tests that are quick"
	@echo "make test-long  the tests that take longer"
	@echo "make check      style, types, layers, templates, migrations, translations"
	@echo "make messages   gather the texts to translate, compile the translations"
	@echo "make lock       write the lock files anew"
	@echo "make clean      take away what the others made"

demo: $(RUN) $(SELF) $(MESSAGES)
	@MAINSTAY_HOME="$${MAINSTAY_HOME:-$(CURDIR)/.demo}" $(BIN)/mainstay demo $(ARGS)

test: check browser
	@echo "Tests …"
	@$(if $(CHROMIUM),MAINSTAY_BROWSER=1) $(BIN)/python -m pytest -q -n 2 -m "not long$(BROWSER)" $(ARGS)
	@echo "Tests on PostgreSQL …"
	@$(BIN)/python -m tests.postgres -q -n 2 $(ARGS)

test-long: $(DEV) $(SELF) $(MESSAGES) browser
	@echo "Long tests …"
	@$(if $(CHROMIUM),MAINSTAY_BROWSER=1) $(BIN)/python -m pytest -q -n 2 -m "long$(BROWSER)" $(ARGS)

browser:
ifeq ($(CHROMIUM),)
	@$(if $(INSIST),echo "Chromium is missing: install it (Debian: apt-get install chromium)."; exit 1,\
	echo "Chromium is not on this machine: the browser tests are left out.")
endif

check: $(DEV) $(SELF) $(MESSAGES)
	@echo "Style …"
	@$(BIN)/ruff check --quiet --output-format concise .
	@$(BIN)/ruff format --quiet --check . || { echo "Run: $(BIN)/ruff format ."; exit 1; }
	@echo "Types …"
	@$(BIN)/mypy --no-error-summary src tests tools
	@echo "Layers …"
	@$(BIN)/lint-imports --verbose > $(VENV)/layers.txt || { cat $(VENV)/layers.txt; exit 1; }
	@echo "Templates …"
	@$(BIN)/djlint --lint --quiet src/mainstay
	@echo "Migrations …"
	@$(CLEAN_ENV) $(BIN)/python -m django makemigrations --check --dry-run > $(VENV)/migrations.txt \
	|| { cat $(VENV)/migrations.txt; exit 1; }
	@echo "Translations …"
	@$(BIN)/python -m tools.messages check

messages: $(DEV) $(SELF)
	@$(BIN)/python -m tools.messages update
	@$(BIN)/python -m tools.messages compile

lock: $(MADE)
	@$(PIP) install uv
	@UV=$(BIN)/uv $(BIN)/python -m tools.lock

clean:
	rm -rf $(VENV) .demo build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find src -name '*.mo' -delete

# A Python that cannot do what is needed (a system Python without venv, say) is passed over.
$(MADE):
	@for python in $(or $(PYTHON),python3.13 python3.12 python3.11 python3); do \
	  if $$python -c 'import sys, ensurepip, sqlite3, ssl, venv; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; \
	  then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Mainstay needs Python 3.11 or newer, with venv. $(if $(PYTHON),$(PYTHON) is not,None was found):" \
	    "install one, or name it: make PYTHON=/path/to/python3.12 demo"; exit 1; \
	fi; \
	echo "Making $(VENV) with $$($$found --version) …"; \
	rm -rf $(VENV) && $$found -m venv $(VENV)
	@touch $@

$(RUN): requirements/run.txt $(MADE)
	@echo "Installing the packages Mainstay runs on (a minute or so) …"
	@$(PIP) install --no-deps --require-hashes -r $<
	@touch $@

$(DEV): requirements/dev.txt $(MADE)
	@echo "Installing the packages the tests need (a minute or so) …"
	@$(PIP) install --no-deps --require-hashes -r $<
	@touch $@ $(RUN)

# Needs hatchling and Babel, which both lock files bring; after $(RUN) or $(DEV), whichever was asked for.
$(SELF): pyproject.toml src/mainstay/__init__.py tools/compile_messages.py $(MADE)
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(MESSAGES): $(PO) $(SELF)
	@$(BIN)/python -m tools.messages compile
	@touch $@
