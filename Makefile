# Every target starts from a bare machine with Python 3.11, pip and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# What no wheel brings: a browser for the tests of pages, Chinese glyphs for pages and paper.
SYSTEM := $(VENV)/.system
PACKAGES := chromium fonts-noto-cjk
AS_ROOT := $(if $(filter 0,$(shell id -u)),,sudo)
# One more than the two cores of the smallest machine: many tests wait for processes and pages.
TEST_WORKERS ?= 3
# Pages are tested a file at a time, because what is done on one is seen on the next.

.PHONY: demo serve test check bench lock clean

$(READY): requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

$(SYSTEM): $(READY)
	@if ! dpkg-query --show $(PACKAGES) >/dev/null 2>&1; then \
		echo "installing $(PACKAGES)"; \
		$(AS_ROOT) apt-get update -qq && $(AS_ROOT) env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends $(PACKAGES) >/dev/null; \
	fi
	touch $@

demo: $(READY) ## the whole story on the terminal, from offer to revocation
	$(BIN)/python -m holder_sim demo

serve: $(SYSTEM) ## the three services with demonstration data, until Ctrl-C
	$(BIN)/python -m holder_sim demo --serve

check: $(READY) ## style, types, layering
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports

test: check $(SYSTEM) ## check, then every test
	$(BIN)/python -m pytest -n $(TEST_WORKERS) --dist worksteal --ignore tests/pages
	$(BIN)/python -m pytest -n $(TEST_WORKERS) --dist loadfile tests/pages

bench: $(READY) ## figures, each beside a floor measured in the same run
	$(BIN)/python -m tests.benchmarks

lock: ## pin every dependency again, with hashes
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet uv
	$(VENV)-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --group dev --output-file requirements.lock pyproject.toml
	rm -rf $(VENV)-lock

clean:
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis
