# make serve    serve the site on http://127.0.0.1:8000; PORT=8001 takes another port
# make export   write the site to public/
# make test     everything that must hold
# make test-all the tests on Python 3.11, 3.12 and 3.13
# make soak     the long proofs
# make bench    measure, side by side; this takes wrk
# make lock     resolve the dependencies anew
# make schema   write the schedule's JSON Schema anew
# make golden   make what the program does now what the tests expect
# make format   format the code
# make clean    remove what the others made

PYTHON ?= python3
PORT ?= 8000
# Where the site is public, if that is not where it is served: make serve URL=https://defects.example
URL ?=
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
VERSIONS := 3.11 3.12 3.13
BROWSERS := google-chrome chromium chromium-browser

.PHONY: serve export test test-all soak bench lock schema golden format clean $(VERSIONS:%=test-%)

serve: $(VENV)/run
	@$(BIN)/defects-ical serve --port $(PORT) $(if $(URL),--url $(URL))

export: $(VENV)/run
	$(BIN)/defects-ical export public --url $(or $(URL),http://127.0.0.1:$(PORT))

test: $(VENV)/dev $(VENV)/browser
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -n auto

test-all: $(VERSIONS:%=test-%)

# A machine with pyenv has each Python under its own name only when told so.
$(VERSIONS:%=test-%): test-%:
	PYENV_VERSION=$$(echo $(VERSIONS) | tr ' ' ':') \
	  $(MAKE) --no-print-directory .venv-$*/dev .venv-$*/browser VENV=.venv-$* PYTHON=python$*
	.venv-$*/bin/pytest -n auto

soak: $(VENV)/dev $(VENV)/browser
	$(BIN)/pytest -n auto -m soak

bench: $(VENV)/dev
	$(BIN)/python -m benchmarks.serving

lock: $(VENV)/dev
	$(BIN)/uv pip compile $(LOCK) --group build -o requirements/run.txt pyproject.toml
	$(BIN)/uv pip compile $(LOCK) --group build --group test --group lint \
	  -c requirements/run.txt -o requirements/dev.txt pyproject.toml
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --upgrade --quiet \
  --custom-compile-command 'make lock'

schema: $(VENV)/run
	$(BIN)/defects-ical schema > schedule.schema.json

golden: $(VENV)/run
	PYTHONPATH=tests $(BIN)/python -m golden

format: $(VENV)/dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:
	rm -rf .venv .venv-3.* public .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV)/run: requirements/run.txt pyproject.toml | $(VENV)/made
	$(PIP) install --require-hashes -r requirements/run.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev: requirements/dev.txt pyproject.toml | $(VENV)/made
	$(PIP) install --require-hashes -r requirements/dev.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# The tests look at the pages in the system's browser; where there is none, in Debian's.
$(VENV)/browser: | $(VENV)/made
	@$(HAS_BROWSER) || { $(ADD_BROWSER); } || true
	@$(HAS_BROWSER) || { echo "$(NO_BROWSER)" >&2; exit 1; }
	@touch $@
HAS_BROWSER := (for name in $(BROWSERS); do command -v $$name >/dev/null && exit; done; exit 1)
NO_BROWSER := The tests need a browser: install Chromium or Google Chrome, so that one of \
  $(BROWSERS) is on the PATH (Debian: apt-get install chromium).
ADD_BROWSER := command -v apt-get >/dev/null && \
  if test "$$(id -u)" = 0; then as=; else as="sudo -n"; fi && \
  $$as apt-get update --quiet && \
  $$as env DEBIAN_FRONTEND=noninteractive \
    apt-get install --quiet --yes --no-install-recommends chromium

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	@touch $@
