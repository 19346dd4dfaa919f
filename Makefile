# Paper Digest. `make help` lists what can be asked for.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
READY   = $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup run test lab check format lint types contract wheel docs words bench soak preview clean

help: ## What can be asked for
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Make .venv with the package (editable) and what development needs

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.12 …" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Setting up $(VENV) (once) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[postgresql,vectors]' --group dev
	@touch $@

run: $(READY) ## The main job on embedded defaults: today's papers in three sample mailboxes
	@$(BIN)/digest demo

test: $(READY) ## All tests that need no root, browser, server or network (≤ 5 minutes)
	@$(BIN)/python -m pytest -q -n auto --dist loadfile

lab: $(READY) ## Tests that take a server of their own: a real Postfix (root), else skipped
	@$(BIN)/python -m pytest -q -m slow

check: test lab format lint types contract wheel ## Everything that must hold before a change lands

format: $(READY) ## Formatting is as ruff writes it
	@$(BIN)/ruff format --check .

lint: $(READY) ## Every lint rule
	@$(BIN)/ruff check .

types: $(READY) ## mypy --strict
	@$(BIN)/mypy

contract: $(READY) ## Imports go down only
	@$(BIN)/lint-imports --no-cache

wheel: $(READY) ## Build the wheel and run the demo from it, outside the checkout
	@PYTHON=$(BIN)/python sh .ci/wheel

docs: $(READY) ## Write docs/cli.md, and the tables in docs/sending.md and alerts.md, from the program
	@$(BIN)/python docs/cli.py
	@$(BIN)/python docs/answers.py
	@$(BIN)/python docs/alerts.py

words: $(READY) ## Bring the catalogues in digest/locales up to date, and list what to translate
	@$(BIN)/python docs/words.py

bench: $(READY) ## What things cost, as ratios in one run
	@$(BIN)/python -m benchmarks

soak: $(READY) lab ## The full counts: new examples, a real Postfix, a hundred kills of the whole program
	@HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest -q -n auto --dist loadfile tests/unit tests/contract \
	  tests/acceptance/test_simulated_year.py
	@$(BIN)/python -m benchmarks crash --kills 100 --readers 150000
	@$(BIN)/python -m benchmarks site --posts 10000 --pairs 2000
	@$(BIN)/python -m benchmarks storm
	@$(BIN)/python -m benchmarks copying

preview: $(READY) ## The lab: every pane of a digest, on loopback, with the sample day
	@$(BIN)/digest demo --sample
	@$(BIN)/digest --home var/demo preview --serve

clean: ## Remove what was made, except your data under var/
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
