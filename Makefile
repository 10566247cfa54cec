# Two commands matter: `make sandbox` to play, `make test` to prove. Both make their own environment in .venv.
PYTHON ?= python3
BIN := .venv/bin
# uv fails where it cannot write a cache, and a home directory may be missing or read-only: keep it here.
export UV_CACHE_DIR ?= $(CURDIR)/.cache/uv
# Without compiled files every start would take three seconds longer.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help sandbox test test-long faults test-contracts diagnose-report golden gallery pictures lint charts aws azure vault lock clean
.DEFAULT_GOAL := help

help:  ## this list
	@awk -F':.*## ' '/^[a-z -]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

sandbox: .venv/runtime.done  ## the whole bot against a make-believe Slack and Autotask, with a page to play in
	@$(BIN)/python -m bot sandbox $(ARGS)

test: lint  ## every check: style, types, walls between rooms, tests
	$(TESTS)
	$(ALONE)

test-long: .venv/dev.done  ## the same tests at full size
	$(TESTS) --long
	$(ALONE) --long

# In several processes at once; tests/conftest.py says in how many, and what stays together.
TESTS = $(BIN)/python -m pytest --numprocesses auto --dist loadgroup --ignore tests/faults
# These kill and stop processes by the clock, so nothing else is to want the machine meanwhile.
ALONE = $(BIN)/python -m pytest tests/faults

faults: .venv/dev.done  ## kill, stop and cut off the bot a thousand times; count what is lost, repeated and late
	@$(BIN)/python -m tests.faults.report $(ARGS)

test-contracts: .venv-contracts/contracts.done  ## public Autotask clients against the make-believe Autotask; key sources against servers
	.venv-contracts/bin/python -m pytest tests/contracts

diagnose-report: .venv/dev.done  ## each thing that can be wrong, and the verdict it gets
	@$(BIN)/python -m tests.diagnosis.report

golden: .venv/dev.done  ## a database of each new revision of the schema, for later versions to open
	@$(BIN)/python -m tests.store.golden.make

gallery: .venv/dev.done  ## everything that people see, in every state, on one page: build/gallery.html
	@$(BIN)/python -m tests.slack.stories.gallery

pictures: .venv/dev.done  ## take the README's pictures anew (needs Chromium)
	@$(BIN)/python -m tests.slack.stories.pictures

lint: .venv/dev.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

charts: .venv/runtime.done  ## pictures of how a connection went: one package more, by its locked hash
	@$(BIN)/uv pip install --quiet --compile-bytecode --no-build-isolation --constraint requirements-dev.lock -e '.[charts]'

aws azure vault: .venv/runtime.done  ## the library for master keys in AWS KMS, Azure Key Vault, or Vault and OpenBao
	@$(BIN)/uv pip install --quiet --compile-bytecode --no-build-isolation --constraint requirements-contracts.lock -e '.[$@]'

lock: .venv/dev.done  ## refresh the lock files from pyproject.toml
	$(COMPILE) --group uv -o requirements-uv.lock
	$(COMPILE) pyproject.toml --group build -o requirements.lock
	$(COMPILE) pyproject.toml --extra charts --group build --group dev -c requirements.lock -o requirements-dev.lock
	$(COMPILE) pyproject.toml --extra aws --extra azure --extra vault --group contracts -c requirements-dev.lock -o requirements-contracts.lock

COMPILE = $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --universal --python-version 3.11 \
	--custom-compile-command "make lock"

clean:  ## forget the environments
	rm -rf .venv .venv-contracts .cache

.venv/uv.done: requirements-uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 ..."; exit 1; }
	@echo "Making the environment in .venv (once, about half a minute) ..."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --no-cache-dir --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

.venv/runtime.done: .venv/uv.done requirements.lock pyproject.toml
	@$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.done: .venv/runtime.done requirements-dev.lock
	@$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r requirements-dev.lock
	@touch $@

.venv-contracts/contracts.done: .venv/uv.done requirements-contracts.lock
	@echo "Making the environment in .venv-contracts (once, 1 GB) ..."
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-contracts
	@$(BIN)/uv pip install --quiet --python .venv-contracts --compile-bytecode --require-hashes -r requirements-contracts.lock
	@touch $@
