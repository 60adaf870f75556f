# `make demo` audits a sample app; `make test` runs every check. Both set up .venv by themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo test check format samples benchmark evaluate clean

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

demo: setup
	$(BIN)/auditor scan samples/picker-mask/app.apk --terms samples/picker-mask/terms.html --out out/demo

test: setup check

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy auditor tests
	$(BIN)/python -m pytest

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

samples: setup
	$(BIN)/python samples/build.py

benchmark: setup
	$(BIN)/python benchmarks/run.py

evaluate: setup
	$(BIN)/python benchmarks/evaluate.py

clean:
	rm -rf $(VENV) build dist out *.egg-info
