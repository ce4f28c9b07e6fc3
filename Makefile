# `make run` and `make test` need nothing but Debian or Ubuntu with Python 3.11+.
# What they install goes into .venv; models and datasets into the user's cache.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# What `make run` measures: `make run TASK=ucb-py/repair LIMIT=10`.
TASK ?= humaneval
LIMIT ?=
RUN := runs/$(if $(filter humaneval,$(TASK)$(LIMIT)),quickstart,$(subst /,-,$(TASK))$(LIMIT))

.DEFAULT_GOAL := help
.PHONY: help run test test-ds1000 test-all-languages lint check docs format clean

help: ## Show this list.
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20

run: $(STAMP) ## Measure SmolLM2-135M on HumanEval (or TASK=…, LIMIT=…): model, sandbox, report.
	@echo "Asking SmolLM2-135M-Instruct $(if $(LIMIT),$(LIMIT) problems,the problems) of $(TASK) and running its answers in a sandbox."
	@echo "The first time fetches the model (93 MB) and the benchmark; afterwards everything is reused."
	$(BIN)/ucb run $(TASK) --model smollm2-135m --max-tokens 512 $(if $(LIMIT),--limit $(LIMIT)) --out $(RUN)
	@echo "Try next: $(BIN)/ucb show $(RUN) $(TASK) $(if $(filter humaneval,$(TASK)),HumanEval/2,PROBLEM)"

test: $(STAMP) ## Run the whole test suite.
	$(BIN)/python -m pytest

test-ds1000: $(STAMP) ## Build the image of DS-1000 (2.8 GB, 3 minutes) and test it.
	$(BIN)/ucb sandbox build ds1000
	UCB_REQUIRE_DS1000=1 $(BIN)/python -m pytest tests/unit/test_task_ds1000.py tests/contract/test_ds1000.py

test-all-languages: $(STAMP) ## Build all images, run their controls, write docs/languages-tested.md.
	$(BIN)/ucb sandbox build $(patsubst sandboxes/%/controls.toml,%,$(wildcard sandboxes/*/controls.toml))
	-UCB_REQUIRE_DOCKER=1 UCB_REQUIRE_IMAGES=all $(BIN)/python -m pytest --junit-xml=build/languages.xml \
		tests/contract/test_languages.py tests/contract/test_compiler.py tests/contract/test_compiler_scala.py
	$(BIN)/python -m scripts.languages_report build/languages.xml docs/languages-tested.md

lint: $(STAMP) ## Format, lint, types, imports.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint $(STAMP) ## What must be green before a commit: lint and the quick tests.
	$(BIN)/python -m pytest tests/unit -m "not slow"

docs: $(STAMP) ## Build the documentation site into build/site; a broken link fails.
	$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[docs]'
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet
	@echo "Open build/site/index.html"

format: $(STAMP) ## Rewrite the code as ruff formats it.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## Remove the virtual environment.
	rm -rf $(VENV)

# The CPU build of torch where there is no NVIDIA driver: the default wheel brings gigabytes of CUDA.
$(STAMP): pyproject.toml scripts/install
	PYTHON="$(PYTHON)" VENV="$(VENV)" sh scripts/install
	@touch $@
