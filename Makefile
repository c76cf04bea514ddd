# make serve    serve the site on http://127.0.0.1:8000; PORT=8001 takes another port
# make export   write the site to public/
# make test     everything that must hold
# make test-all the tests on Python 3.11, 3.12 and 3.13
# make soak     the long proofs
# make bench    measure, side by side
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
NEEDED = $(VENV)/dev $(VENV)/browser $(VENV)/nginx

.PHONY: serve export test test-all needed soak bench lock schema golden format clean $(VERSIONS:%=test-%)

serve: $(VENV)/run
	@$(BIN)/defects-ical serve --port $(PORT) $(if $(URL),--url $(URL))

export: $(VENV)/run
	$(BIN)/defects-ical export public --url $(or $(URL),http://127.0.0.1:$(PORT))

test: $(NEEDED)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -n auto

test-all: $(VERSIONS:%=test-%)

# A machine with pyenv has each Python under its own name only when told so.
$(VERSIONS:%=test-%): test-%:
	PYENV_VERSION=$$(echo $(VERSIONS) | tr ' ' ':') \
	  $(MAKE) --no-print-directory needed VENV=.venv-$* PYTHON=python$*
	.venv-$*/bin/pytest -n auto

# What the tests need.
needed: $(NEEDED)

soak: $(NEEDED)
	$(BIN)/pytest -n auto -m soak

bench: $(VENV)/dev $(VENV)/nginx $(VENV)/wrk
	$(BIN)/python -m benchmarks

lock: $(VENV)/dev
	$(BIN)/uv pip compile $(LOCK) --group build -o requirements/run.txt pyproject.toml
	$(BIN)/uv pip compile $(LOCK) --group build --group test --group bench --group lint \
	  -c requirements/run.txt -o requirements/dev.txt pyproject.toml
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --upgrade --quiet \
  --custom-compile-command 'make lock'

schema: $(VENV)/run
	$(BIN)/defects-ical schema > schedule.schema.json

golden: $(VENV)/dev
	$(BIN)/python -m tests.support.golden

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

# The tests look at the pages in the system's browser, and ask its nginx; benchmarks ask with its
# wrk. Where there is none, Debian's. That nginx is only unpacked: installed, it would begin to
# serve, on port 80.
$(VENV)/browser $(VENV)/nginx $(VENV)/wrk: | $(VENV)/made
	@$(HAS) || { $(ADD); } || true
	@$(HAS) || { echo "This needs $(MISSING)" >&2; exit 1; }
	@touch $@
$(VENV)/browser: NAMES := $(BROWSERS)
$(VENV)/browser: ADD = $(APT_INSTALL) chromium
$(VENV)/browser: MISSING = a browser: install Chromium or Google Chrome, so that one of \
  $(NAMES) is on the PATH (Debian: apt-get install chromium).
$(VENV)/nginx: NAMES := nginx
$(VENV)/nginx: ADD = { $(UNPACK_NGINX) || { $(APT_UPDATE) && $(UNPACK_NGINX); }; }
$(VENV)/nginx: MISSING = nginx, on the PATH or in /usr/sbin (Debian: apt-get install nginx).
$(VENV)/wrk: NAMES := wrk
$(VENV)/wrk: ADD = $(APT_INSTALL) wrk
$(VENV)/wrk: MISSING = wrk on the PATH (Debian: apt-get install wrk).
# Users' paths do not lead to /usr/sbin.
HAS = (PATH="$$PATH:/usr/sbin:$(VENV)/debian/usr/sbin"; \
  for name in $(NAMES); do command -v $$name >/dev/null && exit; done; exit 1)
APT_UPDATE := command -v apt-get >/dev/null && \
  if test "$$(id -u)" = 0; then as=; else as="sudo -n"; fi && $$as apt-get update --quiet
APT_INSTALL = $(APT_UPDATE) && $$as env DEBIAN_FRONTEND=noninteractive \
  apt-get install --quiet --yes --no-install-recommends
UNPACK_NGINX = (mkdir -p $(VENV)/debian && cd $(VENV)/debian && \
  apt-get download --quiet nginx && dpkg-deb --extract nginx_*.deb .)

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	@touch $@
