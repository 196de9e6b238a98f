# What people do here, in one word each. Everything runs from .venv, which `make setup` makes.
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast check check-django bench fmt messages

PORT ?= 8002
HOST ?= 127.0.0.1
WORKERS ?= 2
# More arguments for pytest: make test ARGS="-k cancel -x"
ARGS ?=
PYTHON_VENV := .venv/bin/python
PYTEST := $(PYTHON_VENV) -m pytest -n $(WORKERS)

# A production set-up for checks: nothing listens, nothing is sent.
PRODUCTION := env DEBUG=false SECRET_KEY=throw-away-k3y-for-checks-only-0123456789-abcdefghijklmnopqrstuvwxyz \
	ALLOWED_HOSTS=beauty.example SITE_URL=https://beauty.example EMAIL_HOST=mail.beauty.example \
	ALLOW_PLAIN_HTTP=false RATE_LIMITS_ENABLED=true TRUSTED_PROXIES=10.0.0.0/8 REDIS_URL=

help:
	@echo "make demo        the site with demo data on http://localhost:$(PORT)  (PORT=…, HOST=0.0.0.0 to show it around)"
	@echo "make test        every test, browsers too      make test-fast   without browsers"
	@echo "make check       style, types, migrations, deployment checks, known vulnerabilities"
	@echo "make fmt         format the code               make messages    compile the translations"
	@echo "make bench       measure                       make setup       only the .venv"

setup:
	@.ci/setup.sh

demo: setup messages
	@DEBUG=true HOST=$(HOST) exec $(PYTHON_VENV) -m beautydrop.demo --port $(PORT)

test: setup messages
	@browser=$$(.ci/browser.sh) && BROWSER_PATH="$$browser" $(PYTEST) $(ARGS)

test-fast: setup messages
	@$(PYTEST) -m "not browser" $(ARGS)

check: setup
	@$(PYTHON_VENV) -m ruff check .
	@$(PYTHON_VENV) -m ruff format --check .
	@$(PYTHON_VENV) .ci/messages.py --check
	@$(PYTHON_VENV) .ci/audit.py
	@if [ -n "$${DATABASE_URL:-}" ]; then $(MAKE) --no-print-directory check-django; \
		else $(PYTHON_VENV) -m beautydrop.embedded $(MAKE) --no-print-directory check-django; fi

# The part of `check` that needs a database.
check-django:
	@$(PRODUCTION) $(PYTHON_VENV) -m mypy
	@$(PRODUCTION) $(PYTHON_VENV) manage.py makemigrations --check --dry-run
	@$(PRODUCTION) $(PYTHON_VENV) manage.py check --deploy --fail-level WARNING

bench: setup
	@DEBUG=true exec $(PYTHON_VENV) manage.py bench $(ARGS)

fmt: setup
	@$(PYTHON_VENV) -m ruff check --fix --quiet .; $(PYTHON_VENV) -m ruff format .

messages: setup
	@$(PYTHON_VENV) .ci/messages.py
