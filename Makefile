# make run    the service at http://127.0.0.1:8000 (PORT changes it); needs Python 3.11+ and nothing else
# make test   the whole test suite

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PORT ?= 8000

.PHONY: run test lint bench lock screenshots

run: .venv/.run
	PORT=$(PORT) $(BIN)/afterword serve

test: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.dev
	$(BIN)/python bench/draft.py

screenshots: .venv/.dev
	$(BIN)/python bench/screenshots.py

# The stamps hold a lock's checksum, so that a second start installs nothing and needs no network.
.venv/.run: requirements.lock Makefile
	@test -n "$(PYTHON)" || { echo "Afterword needs Python 3.11 or newer; none was found." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(call install_here)
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# The checkout itself goes on the path; a build backend would have to be fetched first.
define install_here
$(BIN)/python -c "import pathlib, sysconfig; pathlib.Path(sysconfig.get_path('purelib'), 'afterword.pth').write_text(str(pathlib.Path.cwd()) + '\n')" && \
printf '#!%s\nfrom service.cli import main\nmain()\n' "$(CURDIR)/$(BIN)/python" > $(BIN)/afterword && chmod +x $(BIN)/afterword
endef

lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -o requirements.lock
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -o requirements-dev.lock
