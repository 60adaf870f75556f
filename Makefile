# `make demo` audits a sample app; `make test` runs every check. Both set up .venv by themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: setup demo test check format samples benchmark evaluate clean

setup: $(VENV)/.ready-dev

# What the program needs to run.
$(VENV)/.ready: pyproject.toml setup.py
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(PIP) -e .
	@touch $@

# What the checks need beside it.
$(VENV)/.ready-dev: $(VENV)/.ready
	$(PIP) -e '.[dev]'
	@touch $@

demo: $(VENV)/.ready
	$(BIN)/auditor scan samples/picker-mask/app.apk --terms samples/picker-mask/terms.html --out out/demo

test: check

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
	$(BIN)/python -m benchmarks.evaluate $(if $(CORPUS),--corpus $(CORPUS))

clean:
	rm -rf $(VENV) build dist out *.egg-info
