# `make demo` audits a sample app; `make test` runs every check. Both set up .venv by themselves.
PYTHON ?= python3
VENV := .venv
TOOLS := .venv-tools
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: setup demo test check format samples benchmark evaluate wheel lock vulnerabilities sbom fuzz clean

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

# The same wheel from the same commit, wherever it is built; `sha256sum dist/*.whl` compares.
wheel: setup
	rm -rf build dist
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m build --wheel --no-isolation
	sha256sum dist/*.whl

# Exact versions with hashes: requirements/run.txt to use the program, requirements/all.txt to work on it.
# `pip install --require-hashes -r requirements/run.txt && pip install --no-deps .` installs from them.
COMPILE := $(TOOLS)/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host
lock: $(TOOLS)/.ready
	$(COMPILE) -o requirements/run.txt pyproject.toml
	$(COMPILE) --all-extras -o requirements/all.txt pyproject.toml

# Known vulnerabilities of these versions; needs the network.
vulnerabilities: $(TOOLS)/.ready
	$(TOOLS)/bin/pip-audit --require-hashes --disable-pip --strict -r requirements/run.txt

sbom: $(TOOLS)/.ready
	mkdir -p dist
	$(TOOLS)/bin/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --of JSON \
		-o dist/sbom.cdx.json requirements/run.txt

# Tools of the supply chain, apart from what the program needs.
$(TOOLS)/.ready:
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet pip-tools pip-audit cyclonedx-bom
	@touch $@

# Fuzz one reader: make fuzz READER=zip RUNS=100000
fuzz: setup
	$(PIP) -e '.[fuzz]'
	$(BIN)/python -m fuzz.run $(READER) --runs $(or $(RUNS),100000)

clean:
	rm -rf $(VENV) $(TOOLS) build dist out *.egg-info
