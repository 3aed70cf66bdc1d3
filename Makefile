# The two commands of the README, and the ones for people who change the code.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCENARIO ?= support_chatbot

.PHONY: run test lab check bench clean

run: $(VENV)/.run
	$(BIN)/costmodel run $(SCENARIO) --html report.html

test: check
	$(BIN)/pytest -n auto --dist loadgroup

lab: $(VENV)/.lab
	$(BIN)/costmodel lab

check: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.test
	for script in benchmarks/bench_*.py; do echo; echo "== $$script"; $(BIN)/python $$script || exit 1; done

clean:
	rm -rf $(VENV) report.html

# One environment; each stamp adds an extra to it, and is made again when the project file changes.
$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "costmodel needs Python 3.11 or later; set PYTHON=/path/to/python3")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.lab: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[lab]'
	touch $@ $(VENV)/.run

$(VENV)/.test: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	touch $@ $(VENV)/.lab $(VENV)/.run
