# The commands of Shop Content. `make run` is all that a first look needs; `make help` lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
PY := $(VENV)/bin/python
BIN := $(VENV)/bin
# A file of tests stays in one process: fixtures that load a model or start a shop serve it whole.
PARALLEL = --numprocesses 2 --dist loadfile
TEMPLATES = find templates shop_content -name '*.html' -print0

# What `check` runs Django with: strict like production, and with nothing of this machine's own.
PRODUCTION = SHOP_CONTENT_SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))')" \
	SHOP_CONTENT_HTTPS=1 SHOP_CONTENT_DEBUG=0 DATABASE_URL=sqlite://:memory:

# Addresses that `make test-services` uses.
export TEST_DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/test
export TEST_REDIS_URL ?= redis://127.0.0.1:6379/0
export TEST_RABBITMQ_URL ?= amqp://guest:guest@127.0.0.1:5672//

.PHONY: help install run test check format test-services bench messages lock clean \
	lint types style contracts dependencies django translations

help: ## List the commands.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/.complete ## Make the virtual environment .venv, complete.

$(VENV)/.complete: requirements.lock pyproject.toml
	@.ci/install

run: install ## Start everything with a demo shop; PORT=8001 chooses another port.
	@$(if $(PORT),SHOP_CONTENT_PORT=$(PORT) )exec $(PY) -m shop_content.demo

test: install ## Run the whole suite; ARGS="-k word" narrows it.
	$(PY) -m pytest $(PARALLEL) $(ARGS)

check: lint types style contracts dependencies django translations ## Run every static check; make -k check goes on after one that fails.

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/mypy

style: install
	$(TEMPLATES) | xargs -0 --no-run-if-empty $(BIN)/djade --target-version 5.2 --check

contracts: install
	$(BIN)/lint-imports

dependencies: install
	$(BIN)/deptry .

django: install
	$(PRODUCTION) $(PY) manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

translations:
	@if command -v msgfmt >/dev/null; then \
		find shop_content -name '*.po' -print0 | xargs -0 --no-run-if-empty -n 1 msgfmt --check-format -o /dev/null; \
	else echo "msgfmt is not installed: the translations were not checked."; fi

format: install ## Format Python and templates in place.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(TEMPLATES) | xargs -0 --no-run-if-empty $(BIN)/djade --target-version 5.2

test-services: install ## Run the suite on PostgreSQL with Redis, then the worker tests with RabbitMQ.
	$(PY) .ci/check_services.py
	DATABASE_URL="$$TEST_DATABASE_URL" TEST_BROKER_URL="$$TEST_REDIS_URL" $(PY) -m pytest $(PARALLEL) -m "not browser" $(ARGS)
	DATABASE_URL="$$TEST_DATABASE_URL" TEST_BROKER_URL="$$TEST_RABBITMQ_URL" $(PY) -m pytest -m worker $(ARGS)

bench: install ## Measure the engines (QUICK=1: these alone, within 5 minutes), then pages at 100,000 rows, claims, rules, and an import of 10,000 products.
	$(PY) -m tests.benchmarks.engine $(if $(QUICK),--quick) $(ENGINE_ARGS)
ifndef QUICK
	$(PY) -m pytest tests/benchmarks --benchmarks -s -p no:randomly $(ARGS)
	$(PY) -m tests.benchmarks.claims
	$(PY) -m tests.benchmarks.rules
	$(PY) -m tests.benchmarks.sameness
	$(PY) -m tests.benchmarks.import_products
endif

messages: install ## Collect the strings to translate, and compile the translations.
	$(PRODUCTION) $(PY) manage.py makemessages --locale de --no-wrap --no-obsolete --add-location file --ignore .venv --ignore var --ignore tests
	$(PRODUCTION) $(PY) manage.py compilemessages --ignore .venv

lock: install ## Write requirements.lock from pyproject.toml; UPGRADE=1 takes the newest versions.
	$(PY) -m pip install --quiet "pip-tools>=7.6"
	$(PY) .ci/lock.py $(if $(UPGRADE),--upgrade)

clean: ## Remove what the tools wrote; .venv and var stay.
	rm -rf build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis test-results htmlcov .coverage
	find shop_content tests -name __pycache__ -type d -prune -exec rm -rf {} +
