# `make` alone lists the targets that have a comment after `##`.

PYTHON ?= python3
PORT ?= 8000
# The public URL, if the site is not public where it is served: make serve URL=https://me.example
URL ?=
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
VERSIONS := 3.11 3.12 3.13 3.14
DIST := $(VENV)/release
BROWSERS := chromium-headless-shell google-chrome chromium chromium-browser
TOOLS = $(VENV)/dev $(VENV)/browser $(VENV)/fonts $(VENV)/nginx $(VENV)/systemd
# Each process begins at another place: tests that wait run next to those in the browser, which
# compute, and tests that share servers stay together.
PARALLEL := --numprocesses auto --dist worksteal
# Otherwise each process that the tests start would compile the program anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help serve export test check tests test-all tools soak container-test bench importers format docs pictures schema \
  golden lock dist sbom audit clean $(VERSIONS:%=test-%)
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z.%-]+:.*## / {sub("%", "3.12", $$1); printf "make %-14s %s\n", $$1, $$2}' \
	  $(firstword $(MAKEFILE_LIST))

serve: $(VENV)/run ## serve the example site on http://127.0.0.1:8000 (PORT=8001, URL=https://…)
	@$(BIN)/defects-ical serve --port $(PORT) $(if $(URL),--url $(URL))

export: $(VENV)/run ## write the example site to public/ (URL=https://…)
	$(BIN)/defects-ical export public --url $(or $(URL),http://127.0.0.1:$(PORT))

test: check tests ## run every check; the fast ones come first

check: $(VENV)/dev ## run the fast checks only: format, lint, types, imports
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

# After the fast checks, also with `make --jobs`.
tests: $(TOOLS) | check
	$(FONTS) $(BIN)/pytest $(PARALLEL)

test-all: ## run the tests on each installed Python from 3.11 to 3.14
	@found=; for version in $(VERSIONS); do \
	  if PYENV_VERSION=$$version python$$version --version >/dev/null 2>&1; \
	  then found="$$found test-$$version"; else echo "Python $$version is not installed: skipped"; fi; \
	done; test -n "$$found" && $(MAKE) --no-print-directory $$found

# With pyenv, python3.12 works only if that version is selected.
$(VERSIONS:%=test-%): test-%:
	@PYENV_VERSION=$* python$* --version >/dev/null 2>&1 || \
	  { echo "Python $* is not installed: there is no python$* on the PATH." >&2; exit 1; }
	@PYENV_VERSION=$* $(MAKE) --no-print-directory tools VENV=.venv-$* PYTHON=python$*
	XDG_DATA_HOME=$(abspath .venv-$*/debian/usr/share) .venv-$*/bin/pytest $(PARALLEL)
test-%: ## run the tests on one Python, in a virtual environment of its own

tools: $(TOOLS)

soak: $(TOOLS) $(VENV)/importers $(VENV)/bucket $(DIST)/made ## run the long tests: every time zone, every day, edits under load
	@echo "Installed and tested on Python: $(INSTALLED). Not on this machine: $(or $(filter-out $(INSTALLED),$(VERSIONS)),none)."
	$(FONTS) PYTHONS="$(INSTALLED)" $(BIN)/pytest --numprocesses auto -m soak
INSTALLED = $(strip $(foreach each,$(VERSIONS),$(shell PYENV_VERSION=$(each) python$(each) --version >/dev/null 2>&1 && echo $(each))))

container-test: $(VENV)/dev $(VENV)/container $(VENV)/container-base.tar ## build and run the container image (Debian, as root)
	$(BIN)/pytest --capture=no --verbose -m container tests/container
	@echo "Not shown here: python:3.13-slim as the base, the mapping of ports, the engine's own" \
	  "schedule of health checks, Compose and Kubernetes at work (their files were validated)."

BENCH_TOOLS = $(VENV)/dev $(VENV)/nginx $(VENV)/wrk $(VENV)/php $(VENV)/alternatives
bench: $(BENCH_TOOLS) ## compare the speed with other servers (takes half an hour)
	$(BIN)/python -m benchmarks

format: $(VENV)/dev ## format the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(VENV)/dev ## regenerate the generated sections in docs/
	$(BIN)/python -m tests.support.generated_docs

pictures: $(VENV)/dev $(VENV)/browser $(VENV)/fonts ## regenerate docs/images/ from the running program
	$(FONTS) $(BIN)/python -m tests.support.pictures

schema: $(VENV)/run ## regenerate schedule.schema.json
	$(BIN)/defects-ical schema > schedule.schema.json

importers: $(VENV)/dev $(VENV)/importers ## record what real importers do with the cases of the doctor
	$(BIN)/python -m tests.doctor.outcomes.record

golden: $(VENV)/dev ## regenerate the golden files of the tests
	$(BIN)/python -m tests.support.golden

lock: $(VENV)/dev ## update the locked dependencies in requirements/
	$(BIN)/uv pip compile $(LOCK) --group build --extra doctor --extra picture -o requirements/run.txt pyproject.toml
	$(BIN)/uv pip compile $(LOCK) --group build --group test --group bench --group lint \
	  --extra doctor --extra picture -c requirements/run.txt -o requirements/dev.txt pyproject.toml
	$(BIN)/uv pip compile $(LOCK) --group container -c requirements/dev.txt -o requirements/container.txt
	$(BIN)/uv pip compile $(LOCK) --group bucket -o requirements/bucket.txt
	$(BIN)/uv pip compile $(LOCK) --group dist -o requirements/dist.txt
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --upgrade --quiet \
  --custom-compile-command 'make lock'

dist: $(DIST)/made ## build the wheel and the sdist in dist/, and check them
	@grep -q '^## $(RELEASE) – ' CHANGELOG.md || { echo "CHANGELOG.md has no section for $(RELEASE)." >&2; exit 1; }
	rm -f $(OUT)/*.whl $(OUT)/*.tar.gz
	SOURCE_DATE_EPOCH=$(COMMITTED) $(DIST)/bin/python -m build --no-isolation --outdir $(OUT)
	$(DIST)/bin/twine check --strict $(OUT)/*.whl $(OUT)/*.tar.gz
	$(DIST)/bin/check-wheel-contents $(OUT)/*.whl
	@test -z "$$(git status --porcelain 2>/dev/null)" || echo "Files are not committed, but may be in this build. Do not publish it."
	@grep -q '^## $(RELEASE) – [0-9]' CHANGELOG.md || echo "CHANGELOG.md: $(RELEASE) has no date yet. Do not publish this build."

sbom: $(DIST)/made ## write the bill of materials of the locked libraries (CycloneDX) to dist/
	@mkdir -p $(OUT)
	@sed 's/^dynamic = .*/version = "$(RELEASE)"/' pyproject.toml > $(DIST)/pyproject.toml
	env -u SOURCE_DATE_EPOCH PYTHONWARNINGS=ignore $(DIST)/bin/cyclonedx-py requirements requirements/run.txt \
	  --pyproject $(DIST)/pyproject.toml --spec-version 1.6 --output-reproducible -o $(OUT)/sbom.cdx.json

audit: ## ask PyPI for known vulnerabilities of the locked libraries
	@$(MAKE) --no-print-directory $(DIST)/made || \
	  { echo "AUDIT SKIPPED, nothing is known about vulnerabilities: its tools cannot be installed."; exit 0; } && \
	  $(DIST)/bin/python -m tests.support.audit requirements/run.txt

OUT := dist
RELEASE = $(shell sed -n 's/^__version__.*"\(.*\)"$$/\1/p' src/defects_ical/__init__.py)
# The same commit gives the same bytes.
COMMITTED = $(or $(shell git log -1 --format=%ct 2>/dev/null),1451606400)

clean: ## remove everything that these targets made
	rm -rf .venv .venv-3.* public dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV)/run: requirements/run.txt pyproject.toml | $(VENV)/made
	$(PIP) install --require-hashes -r requirements/run.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev: requirements/dev.txt pyproject.toml | $(VENV)/made
	$(PIP) install --require-hashes -r requirements/dev.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# The AWS command line wants other versions of some packages: it has an environment of its own.
$(VENV)/bucket: requirements/bucket.txt | $(VENV)/made
	$(PYTHON) -m venv $(VENV)/buckets
	$(VENV)/buckets/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r $<
	@touch $@

# Tools of a release: no test of `make test` needs them.
$(DIST)/made: requirements/dist.txt | $(VENV)/made
	$(BIN)/python -m venv $(DIST)
	$(DIST)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements/dist.txt
	@touch $@

# The tests use the system's browser and nginx, the benchmarks its wrk and PHP. If one is missing,
# Debian's is taken. That nginx is only unpacked: if it were installed, it would begin to serve on
# port 80.
$(VENV)/browser $(VENV)/nginx $(VENV)/systemd $(VENV)/wrk $(VENV)/php $(VENV)/buildah $(VENV)/mmdebstrap: \
  | $(VENV)/made
	@$(HAS) || { $(ADD); } || true
	@$(HAS) || { echo "This needs $(MISSING)" >&2; exit 1; }
	@touch $@
$(VENV)/browser: NAMES := $(BROWSERS)
# Chromium without its windows opens a page in less than half the time.
$(VENV)/browser: ADD = { $(APT_INSTALL) chromium-headless-shell || $(APT_INSTALL) chromium; }
$(VENV)/browser: MISSING = a browser. Install Chromium or Google Chrome, so that one of \
  $(NAMES) is on the PATH (Debian: apt-get install chromium-headless-shell).
$(VENV)/nginx: NAMES := nginx
$(VENV)/nginx: ADD = { $(UNPACK_NGINX) || { $(APT_UPDATE) && $(UNPACK_NGINX); }; }
$(VENV)/nginx: MISSING = nginx, on the PATH or in /usr/sbin (Debian: apt-get install nginx).
$(VENV)/systemd: NAMES := systemd-analyze
$(VENV)/systemd: ADD = $(APT_INSTALL) systemd
$(VENV)/systemd: MISSING = systemd-analyze on the PATH (Debian: apt-get install systemd).
$(VENV)/buildah: NAMES := buildah
$(VENV)/buildah: ADD = $(APT_INSTALL) buildah
$(VENV)/buildah: MISSING = buildah on the PATH (Debian: apt-get install buildah).
$(VENV)/mmdebstrap: NAMES := mmdebstrap
$(VENV)/mmdebstrap: ADD = $(APT_INSTALL) mmdebstrap
$(VENV)/mmdebstrap: MISSING = mmdebstrap on the PATH (Debian: apt-get install mmdebstrap).
$(VENV)/wrk: NAMES := wrk
$(VENV)/wrk: ADD = $(APT_INSTALL) wrk
$(VENV)/wrk: MISSING = wrk on the PATH (Debian: apt-get install wrk).
$(VENV)/php: NAMES := php-fpm8.4 php-fpm8.3 php-fpm8.2 php-fpm
$(VENV)/php: ADD = $(APT_INSTALL) php-fpm php-sabre-vobject
$(VENV)/php: HAS = $(HAS_PROGRAM) && test -e /usr/share/php/Sabre/VObject/autoload.php
$(VENV)/php: MISSING = PHP-FPM and sabre/vobject (Debian: apt-get install php-fpm php-sabre-vobject).
# /usr/sbin is not on the PATH of ordinary users.
HAS = $(HAS_PROGRAM)
HAS_PROGRAM = (PATH="$$PATH:/usr/sbin:$(VENV)/debian/usr/sbin"; \
  for name in $(NAMES); do command -v $$name >/dev/null && exit; done; exit 1)
APT_UPDATE := command -v apt-get >/dev/null && \
  if test "$$(id -u)" = 0; then as=; else as="sudo -n"; fi && $$as apt-get update --quiet
APT_INSTALL = $(APT_UPDATE) && $$as env DEBIAN_FRONTEND=noninteractive \
  apt-get install --quiet --yes --no-install-recommends
UNPACK = (mkdir -p $(VENV)/debian && cd $(VENV)/debian && \
  apt-get download --quiet $(1) && dpkg-deb --extract $(1)_*.deb .)
UNPACK_NGINX = $(call UNPACK,nginx)

# The schemas: that of Compose is Debian's, in the package of an older docker-compose.
$(VENV)/container: requirements/container.txt $(VENV)/buildah | $(VENV)/dev
	$(PIP) install --require-hashes -r requirements/container.txt
	@$(call UNPACK,docker-compose) || { $(APT_UPDATE) && $(call UNPACK,docker-compose); }
	@touch $@

# Debian's Python stands for python:3.13-slim.
$(VENV)/container-base.tar: | $(VENV)/mmdebstrap
	mmdebstrap --quiet --variant=minbase --include=python3,python3-venv \
	  "$$(. /etc/os-release; echo $$VERSION_CODENAME)" $(VENV)/new-base.tar
	mv $(VENV)/new-base.tar $@

# Importers of calendars, and a library that makes them, written in JavaScript.
$(VENV)/importers: tests/doctor/outcomes/package.json
$(VENV)/importers: PACKAGES = $(VENV)/javascript
$(VENV)/alternatives: benchmarks/others/package.json
$(VENV)/alternatives: PACKAGES = $(VENV)/alternatives-javascript
$(VENV)/importers $(VENV)/alternatives: | $(VENV)/made
	@{ command -v node && command -v npm; } >/dev/null || \
	  { echo "This needs node (20 or newer) and npm on the PATH." >&2; exit 1; }
	mkdir -p $(PACKAGES)
	cp $< $(PACKAGES)/
	npm install --prefix $(PACKAGES) --no-save --no-package-lock --no-audit --no-fund --silent
	@touch $@

# Letters of every language of the site, where the system has none.
$(VENV)/fonts: | $(VENV)/made
	@$(HAS_FONTS) || { $(call UNPACK,fonts-wqy-microhei) && $(call UNPACK,fonts-hosny-amiri); } || true
	@$(HAS_FONTS) || { echo "This needs fonts with Korean, Japanese, Chinese and Arabic letters" \
	  "(Debian: apt-get install fonts-wqy-microhei fonts-hosny-amiri)." >&2; exit 1; }
	@touch $@
FONTS = XDG_DATA_HOME=$(abspath $(VENV)/debian/usr/share)
HAS_FONTS = (export XDG_DATA_HOME=$(abspath $(VENV)/debian/usr/share); \
  for language in ko ja zh-tw ar; do fc-list :lang=$$language | grep -q . || exit 1; done)

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	@touch $@
