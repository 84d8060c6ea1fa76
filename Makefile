# The same commands for people and for CI. Everything is installed into .venv by itself.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
PACKAGES := app graph tools store
MESSAGE ?=

.DEFAULT_GOAL := help
.PHONY: bfcl help demo serve setup doctor browser pictures test test-model crash soak faults claims injections lint format bench fuzz studio docs lock clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/runtime: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --require-hashes -r requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/dev: requirements-dev.lock $(VENV)/runtime
	$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	touch $@

demo: $(VENV)/runtime ## Chat in the terminal with the built-in model; MESSAGE="..." asks one thing
	@$(BIN)/wasap demo $(if $(MESSAGE),"$$MESSAGE")
export MESSAGE

serve: $(VENV)/runtime ## Run the assistant with the settings in .env
	@$(BIN)/wasap serve

setup: $(VENV)/runtime ## Connect to WhatsApp: asks for each value, checks it, writes .env
	@$(BIN)/wasap setup

doctor: $(VENV)/runtime ## Check everything and say what to do
	@$(BIN)/wasap doctor

lint: $(VENV)/dev ## Style, types, import direction, files that are generated
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/wasap env-example | diff -u .env.example -
	$(BIN)/wasap tools --markdown | diff -u docs/tools.md -
	$(BIN)/python -m app.reference --check
	$(BIN)/wasap prompts prompts > /dev/null
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml docker-compose.gpu.yml
	test ! -x $(BIN)/hadolint || $(BIN)/hadolint Dockerfile # has no binary for macOS and ARM

browser: $(VENV)/dev ## Chromium for the tests of the phone page; elsewhere than on Debian CHROMIUM=/path
	@$(BIN)/python -m tests.browser.chromium

pictures: browser ## Take the pictures of the phone page in docs/ again
	$(BIN)/python -m tests.browser.pictures

test: browser ## All tests but those that need the 1.1 GB weights
	@$(BIN)/python -m compileall -q $(PACKAGES) # or each worker and each server would by itself
	$(BIN)/pytest -n 3 --no-loadscope-reorder
	$(BIN)/python -m tests.extension

test-model: $(VENV)/dev ## The tests that need the real 1.5B model or Whisper, and which tools it chooses
	$(BIN)/wasap model fetch
	$(BIN)/wasap model fetch whisper-base
	$(BIN)/pytest -m model tests/model
	-$(BIN)/python -m bench choice --final

crash: $(VENV)/dev ## Kill the product 1,000 times (20 minutes) and count what was lost
	$(BIN)/python -m tests.crash

soak: $(VENV)/dev ## Deliver 20,000 messages with twins and disorder; run 100,000 schedules
	$(BIN)/python -m tests.crash.soak
	$(BIN)/python -m tests.schedules

faults: $(VENV)/dev ## Break the model and Meta in every known way, and see what arrives
	$(BIN)/python -m tests.faults

claims: $(VENV)/dev ## Let the model say that it did what it did not, and see what arrives
	$(BIN)/python -m tests.claims

injections: $(VENV)/dev ## Let a model obey every text that gives orders, and see what is done
	$(BIN)/python -m tests.injections

bfcl: $(VENV)/dev ## A sample of BFCL with the 1.5B, ours beside the bare model (an hour)
	$(BIN)/wasap model fetch
	$(BIN)/python -m bench bfcl

bench: browser ## Measure what takes minutes, print every figure, write docs/performance.md
	$(BIN)/python -m bench

fuzz: $(VENV)/dev ## A million odd webhooks, forged signatures, a database locked for 35 s
	$(BIN)/python -m tests.fuzz
	$(BIN)/python -m bench database

studio: $(VENV)/dev ## Inspect the graph in LangGraph Studio
	LANGSMITH_TRACING=false LANGGRAPH_CLI_NO_ANALYTICS=1 $(BIN)/langgraph dev --host 127.0.0.1

docs: $(VENV)/dev ## Write the generated files again
	$(BIN)/wasap env-example > .env.example
	$(BIN)/wasap tools --markdown > docs/tools.md
	$(BIN)/python -m app.reference
	$(BIN)/python -m tools.likeness

format: $(VENV)/dev ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: ## Resolve requirements*.lock again (needs uv)
	uv pip compile pyproject.toml --group build --extra audio --extra cipher --extra embedded --extra mcp --extra ocr $(LOCK) -o requirements.lock
	uv pip compile pyproject.toml --group build --extra audio --extra cipher --extra embedded --extra mcp --extra ocr --extra voice --extra dev -c requirements.lock $(LOCK) -o requirements-dev.lock
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet

clean: ## Remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
