# Every target does its own set-up: Python 3.11+ and make are enough. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.ready-run
DEV_READY := $(VENV)/.ready-dev
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow test-kill test-model check format ui bench bench-ingest bench-search bench-embedding bench-reading bench-support docs examples requirements clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: $(RUN_READY) ## the packaged sample, from nothing to a brief in demo/; no key, no network
	@$(BIN)/briefing demo

test: $(DEV_READY) ## every test that needs no hour and no browser
	$(BIN)/pytest -n 2

test-slow: $(DEV_READY) ## the real corpora and a real browser; skips, saying so, what is absent here
	$(BIN)/pytest -m slow -rs -n 2

test-kill: $(DEV_READY) ## an ingest killed two hundred times; CI kills it six times, in `make test`
	$(BIN)/pytest -m kill

test-model: $(DEV_READY) ## a real small language model through everything it takes part in; needs Node 20, under half an hour
	$(BIN)/python -m evals.small_model $(MODEL)

check: $(DEV_READY) ## format, lint, types, tests: what CI runs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2

format: $(DEV_READY) ## put the code in its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

ui: $(RUN_READY) ## the review desk in a browser, over the demo's data
	@test -d demo/data || $(MAKE) demo
	$(BIN)/briefing review --data demo/data

bench: $(DEV_READY) ## what ingest, search and draft cost, as ratios to bare chroma in the same run
	$(BIN)/python -m evals.bench $(BENCH)

bench-ingest: $(DEV_READY) ## how fast the way in is, against trafilatura and a bare SQLite insert in the same run
	$(BIN)/python -m evals.bench_ingest $(BENCH)

bench-search: $(DEV_READY) ## what search costs at size, against a bare chroma query and a bare BM25 query in the same run
	$(BIN)/python -m evals.bench_search $(BENCH)

bench-embedding: $(DEV_READY) ## what indexing costs, against langchain's textbook chain in the same run (BENCH="--fp32 DIR --articles PATH")
	$(BIN)/python -m evals.bench_embedding $(BENCH)

bench-reading: $(DEV_READY) ## what reading costs beside embedding, and that its memory stays flat (BENCH="--articles DIR --flat 10000")
	$(BIN)/python -m evals.bench_reading $(BENCH)

bench-support: $(DEV_READY) ## what verification costs: pairs a second beside embedding the same passages, and a whole brief
	$(BIN)/python -m evals.bench_support

docs: $(DEV_READY) ## write docs/cli.md and the JSON Schemas anew
	$(BIN)/python -m briefing.cli.docs docs/cli.md
	$(BIN)/python -m briefing.contract

examples: $(DEV_READY) ## write the briefs under docs/examples anew
	$(BIN)/python -m evals.examples --write

requirements: ## pin what is installed, with hashes and without hosts (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate --group build pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate --group build --group dev pyproject.toml -o requirements-dev.txt

clean: ## remove what the targets made
	rm -rf $(VENV) demo dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(RUN_READY): requirements.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing what the product runs on (once) ..." >&2
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_READY): requirements-dev.txt $(RUN_READY)
	@echo "installing what its tests run on (once) ..." >&2
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@
