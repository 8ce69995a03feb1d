# make run    the service at http://127.0.0.1:8000 (PORT changes it); needs Python 3.11+ and nothing else
# make test   linters, types, layers and the whole test suite
# make texts  ten thousand texts of all Unicode as notes: an answer or a refusal, never a failure inside (minutes)
# make bench  how long drafts take on the embedded model, what the eval runner costs, and the service beside LiteLLM's proxy
# make reader  trains the reader on the labelled notes (two cores, under an hour) and puts its weights where they are served from
# make cassette  the recorded answers that `afterword eval run --replay` plays (needs the embedded model)

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
PORT ?= 8000
REQUESTS ?= 100
CONCURRENCY ?= 1,16,64,256
BENCH_S ?= 3600

# A stamp is named by the checksum of this place and its lock: what is installed already is not looked at again and needs
# no network, a changed lock or a moved checkout installs anew, and a fresh clone's file times mean nothing.
stamp = .venv/.$(1)-$(shell { printf '%s' '$(CURDIR)'; cat $(2); } | cksum | cut -d' ' -f1)
RUN := $(call stamp,run,requirements.lock)
DEV := $(call stamp,dev,requirements-dev.lock)

TRAIN := .venv-training
TRAINING := $(call stamp,training,training/requirements.lock training/base.lock)

.PHONY: run test lint texts bench side-by-side reader repeats cassette lock training-lock screenshots install install-dev install-training

run: install
	PORT=$(PORT) $(BIN)/afterword serve

# A process for each core, four at most; one file's tests stay together, since they share what they start.
test: lint
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

texts: install-dev
	AFTERWORD_TEST_TEXTS=10000 $(BIN)/pytest tests/api/test_all_of_unicode.py

bench: install-dev
	$(BIN)/python bench/draft.py
	$(BIN)/python bench/eval_runner.py
	$(MAKE) side-by-side

# LiteLLM lives in an environment that is thrown away, outside the tree: nothing here needs it.
side-by-side: install-dev
	@peer=$$(mktemp -d) && trap 'rm -rf "$$peer"' EXIT && $(PYTHON) -m venv "$$peer" && \
	"$$peer/bin/pip" install --quiet --disable-pip-version-check 'litellm[proxy]' && \
	timeout $(BENCH_S) $(BIN)/python bench/side_by_side.py --requests $(REQUESTS) --concurrency $(CONCURRENCY) --litellm "$$peer"

# Trains in an environment of its own, since the service needs none of it. The development lot gives temperatures and
# thresholds and is never trained on.
reader: install-training
	$(TRAIN)/bin/python -m training.reader.train --checkpoint .cache/reader.pickle
	$(TRAIN)/bin/python -m training.reader.export --checkpoint .cache/reader.pickle
	$(TRAIN)/bin/python -m training.reader.calibrate training/reader/data/dev*.jsonl
	$(TRAIN)/bin/python -m training.reader.measure training/reader/data/dev*.jsonl

# Whether training repeats itself: a slice of the data, twice, to the same hash.
repeats: install-training
	$(TRAIN)/bin/python -m training.reader.repeats

install-training: install-dev $(TRAINING)

$(TRAINING):
	@$(TRAIN)/bin/python -c 'import pip' 2>/dev/null || $(PYTHON) -m venv --clear $(TRAIN)
	@echo "Installing what training needs; this happens once."
	@$(TRAIN)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(TRAIN)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r training/requirements.lock
	@$(TRAIN)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r training/base.lock
	@mkdir -p .cache && rm -f .venv/.training-* && touch $@

# Recorded beside, so that one cut short leaves the shipped cassette as it is, and on top of it, so that only calls that
# changed are made: seconds after a small change, a minute or two from nothing (delete the old one first).
cassette: install-dev
	rm -rf runs/recording && mkdir -p runs/recording evals/cassettes
	if [ -f evals/cassettes/small.jsonl.gz ]; then cp evals/cassettes/small.jsonl.gz runs/recording/; fi
	$(BIN)/afterword eval run --model embedded --tag cassette --record runs/recording/small.jsonl.gz --out runs/recording/run.jsonl
	mv runs/recording/small.jsonl.gz evals/cassettes/
	$(BIN)/afterword eval run --replay

screenshots: install-dev
	$(BIN)/python bench/screenshots.py

install: $(RUN)
install-dev: $(DEV)

$(RUN):
	@test -n "$(PYTHON)" || { echo "Afterword needs Python 3.11 or newer; none was found." >&2; exit 1; }
	@$(BIN)/python -c 'import pip' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	@echo "Installing the locked dependencies; this happens once."
	@$(PIP) -r requirements.lock
	@$(place_here)
	@rm -f .venv/.run-* && touch $@

$(DEV): $(RUN)
	@echo "Installing what tests and linters need; this happens once."
	@$(PIP) -r requirements-dev.lock
	@rm -f .venv/.dev-* && touch $@

# The checkout itself goes on the path; a build backend would have to be fetched first.
define place_here
$(BIN)/python -c "import pathlib, sysconfig; pathlib.Path(sysconfig.get_path('purelib'), 'afterword.pth').write_text(str(pathlib.Path.cwd()) + '\n')" && \
printf '#!/bin/sh\nexec "%s/python" -P -m service.cli "$$@"\n' "$(CURDIR)/$(BIN)" > $(BIN)/afterword && chmod +x $(BIN)/afterword
endef

# Needs uv, as the next one does.
training-lock:
	uv pip compile training/requirements.in --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -o training/requirements.lock

# Needs uv. Neither lock may name an index: a test looks.
lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -o requirements.lock
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -o requirements-dev.lock
