# bastide: every command that a person or CI needs. `make` alone lists them.
# PYTHON names the interpreter to build the environment with; ARGS goes to the command (`make test ARGS="-k s3"`).

BIN := .venv/bin
STAMP := .venv/.installed
LOCKED := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links
PYTEST := $(BIN)/pytest -n auto --maxprocesses 4

# Compiled bytecode halves the start-up time that this project measures itself by.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo emulate test packages test-fast lint format lock bench docs changelog clean

help: ## list these commands
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## make .venv from the locked requirements
	@:

$(STAMP): requirements/dev.txt requirements/uv.txt pyproject.toml scripts/setup.sh
	@bash scripts/setup.sh
	@touch $@

# Findings are what the example is for, so exit code 1 is success here; 2 and 3 are not.
demo: $(STAMP) ## scan the bundled example workload
	@cd examples/workload && { ../../$(BIN)/bastide scan . $(ARGS) || test $$? -eq 1; }
	@echo
	@echo "That was examples/workload; its README says which mistakes were made on purpose. Where to go next:"
	@echo "  $(BIN)/bastide scan PATH         your own Terraform or CloudFormation: no account, no network"
	@echo "  $(BIN)/bastide controls list     what is judged;  bastide controls show ID  says why"
	@echo "  $(BIN)/bastide --help            everything else"
	@echo "  make emulate                  an AWS organization on this machine, to try live accounts on"
	@echo "  docs/index.md                 the documentation;  docs/pipelines.md  puts it in a pipeline"

emulate: $(STAMP) ## an AWS organization on this machine, to try `bastide scan aws` on
	@$(BIN)/python scripts/emulate.py $(ARGS)

test: $(STAMP) lint packages ## everything CI runs: lint, then all tests
	@$(PYTEST) $(ARGS)

packages: ## the Debian packages that tests need
	@bash scripts/packages.sh

test-fast: $(STAMP) ## the tests that take no seconds
	@$(PYTEST) -m "not slow" $(ARGS)

lint: $(STAMP) ## style, types, import directions, layout; changes nothing
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python scripts/check_layout.py

format: $(STAMP) ## write the style that lint asks for
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: $(STAMP) ## renew the locked requirements
	@$(BIN)/uv pip compile -q --upgrade $(LOCKED) requirements/uv.in -o requirements/uv.txt
	@$(BIN)/uv pip compile -q --upgrade $(LOCKED) --extra all --extra ray pyproject.toml requirements/dev.in -o requirements/dev.txt

bench: $(STAMP) ## measure beside Checkov and Trivy
	@$(BIN)/python benchmarks/run.py $(ARGS)

docs: $(STAMP) ## the documentation as a site, in site/
	@$(BIN)/python scripts/reference.py
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

changelog: $(STAMP) ## what the fragments in changes/ would add to CHANGELOG.md
	@$(BIN)/towncrier build --draft --version next

clean: ## remove everything that these commands made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .cache benchmarks/.cache
	rm -rf site dist build
	find src tests scripts benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
