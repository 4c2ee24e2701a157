# What you can do here: make help

PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(if $(shell \
  $(name) -c 'import sys; print(sys.version_info >= (3, 11) or "")' 2>/dev/null),$(name))))
BIN := .venv/bin
STAMP := .venv/.installed
PAGES := airflow_ma/plugin/bundle/sources.sha256
PAGES_SOURCES := $(shell find ui/src -type f 2>/dev/null) ui/package-lock.json ui/vite.config.ts
CONSTRAINTS := $(wildcard constraints.txt)
SUDO := $(if $(filter-out 0,$(shell id -u)),sudo -n)

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-check demo-reset test lint api bench debian-packages

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) $(PAGES) ## Install everything into .venv

$(STAMP): pyproject.toml $(CONSTRAINTS)
	@test -n "$(PYTHON)" || { echo "airflow_ma needs Python 3.11 or newer, and there is none here: \
	$$(python3 --version 2>&1). Install one, or name it: make setup PYTHON=/path/to/python3.12"; exit 1; }
	@if ! test -x $(BIN)/python; then \
	  if uv --version >/dev/null 2>&1; then uv venv --quiet --python "$(PYTHON)" --no-python-downloads .venv; \
	  else "$(PYTHON)" -m venv .venv || { rm -rf .venv; echo "Python cannot make a virtual environment. \
	On Debian and Ubuntu: apt-get install python3-venv. Or install uv: https://docs.astral.sh/uv/"; exit 1; }; fi; fi
	@uv --version >/dev/null 2>&1 || test -x $(BIN)/uv || { $(BIN)/python -m ensurepip --upgrade >/dev/null && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check uv; }
	@echo "Installing airflow_ma and what it needs into .venv (a minute or two the first time)"
	@PATH="$$PATH:$(BIN)" VIRTUAL_ENV=.venv uv pip install --quiet $(CONSTRAINTS:%=-c %) -e . --group dev
	@touch $@

# The installation builds the pages, too; this is for sources that were changed since.
$(PAGES): $(PAGES_SOURCES) | $(STAMP)
	@$(BIN)/python ui/hatch_build.py
	@touch $@

demo: $(STAMP) $(PAGES) ## Run the whole product with fictional customers; Ctrl-C ends it
	@$(BIN)/python -m airflow_ma.demo run

demo-check: $(STAMP) $(PAGES) ## The same without a browser, to its end, with a verdict (about 4 minutes)
	@$(BIN)/python -m airflow_ma.demo check

demo-reset: $(STAMP) ## Forget the last demo, so that the next one starts fresh
	@$(BIN)/python -m airflow_ma.demo reset

test: $(STAMP) $(PAGES) debian-packages lint ## Run every test; installs PostgreSQL and Chromium if it can
	@$(BIN)/pytest -n auto --dist loadgroup

lint: $(STAMP) $(PAGES) ## Style, types and who may import whom; the tests of the pages
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python ui/hatch_build.py run check

api: $(STAMP) ## Renew the description of the pages' API and the types made of it
	@$(BIN)/python -m airflow_ma.plugin.openapi
	@$(BIN)/python ui/hatch_build.py run api

bench: $(STAMP) ## Measure how fast contacts move, mails go out and events come in (about 15 minutes)
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench sending
	@$(BIN)/python -m bench webhook

# The tests run a real PostgreSQL and a real browser; nothing else needs these.
debian-packages:
	@missing=""; \
	command -v postgres >/dev/null || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$$missing postgresql"; \
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || missing="$$missing chromium"; \
	fc-list :lang=ja 2>/dev/null | grep -q . || missing="$$missing fonts-noto-cjk fontconfig"; \
	test -z "$$missing" && exit 0; \
	if command -v apt-get >/dev/null && { test -z "$(SUDO)" || $(SUDO) true 2>/dev/null; }; then \
	  echo "Installing$$missing"; \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive sh -c "apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing" \
	    >/dev/null || { echo "apt-get could not install$$missing; see above"; exit 1; }; \
	else \
	  echo "The tests need$$missing, and this account may not install packages. Ask somebody who may, \
	or install them by your system's own means."; exit 1; \
	fi
