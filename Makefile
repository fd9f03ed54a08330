# make book      make the environment, build the HTML book, say where it is
# make test      make the environment, pass every test
# make fast      the tests that need neither a built book nor a browser (under a minute)
# make chapters  run every cell of every chapter, as on Colab
# make bench     measure training, build, pages and labs, and put the table into the README
# make notebooks write the notebooks from their pages, and the lists of chapters
# make lint      look over the style and types of Python, TypeScript and CSS
# make serve     build, then serve the book on http://localhost:8000 (or PORT=…)
# make pdf       print the book into one file, with a Chromium
# make epub      the book for an e-reader
# make zip       the built book for a USB stick, where it opens at index.html
# make live      the same, and build anew what you save: the page in the browser is new in seconds
# make bundles   rebuild the front-end bundles after a change to a lab (.py, .ts, .tsx, .css)
# make env       make the environment, no more
# make clean     remove what was built; the environment (.venv, node_modules) stays
#
# BENCH=…        the parts to measure, some of: train ladder book sliders lab
# TORCH=cpu      take the small CPU build of PyTorch from the address in environment.yml (Linux)
# PYTHON=…       the Python to make the environment with

SHELL := /bin/bash
BIN   := .venv/bin
PORT  ?= 8000
TORCH ?=

SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON    ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
               $$p -c '$(SUPPORTED)' 2>/dev/null && echo $$p && break; done)
USABLE     = $(BIN)/python -c 'import pip; $(SUPPORTED)' 2>/dev/null
INDEX      = $(if $(filter cpu,$(TORCH)),$(shell sed -n 's/.*\(--extra-index-url .*\)/\1/p' environment.yml))

# A second thread helps a quiet machine and ruins a busy one; waiting threads must not spin.
export OMP_WAIT_POLICY ?= PASSIVE
export PYTHONHASHSEED  ?= 0
# Sphinx and npm look for node here: it is the environment's own.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: book pdf epub zip test fast chapters notebooks bench lint serve live bundles env clean
.DELETE_ON_ERROR:

# pip's hundreds of lines, shown as one that moves; a log gets only what takes long.
define PROGRESS
while read -r verb what _; do case "$$verb $$what" in \
  "Installing collected") [ ! -t 1 ] || printf '\r\033[K'; echo "  Installing the packages …";; \
  Collecting*|Downloading*|Building*|Processing*) [ ! -t 1 ] || printf '\r\033[K  %s %.60s' $$verb "$${what##*/}";; \
esac; done
endef

SAY_WHY = { echo "The environment is not complete: $(1) says above why. Is there a network, and room on" \
  "the disk? Then run make again: it goes on from here." >&2; exit 1; }

$(BIN)/.ready: pyproject.toml constraints.txt
	@$(USABLE) || $(or $(PYTHON),false) -c '$(SUPPORTED)' 2>/dev/null || { \
	  echo "The book needs Python 3.11, 3.12 or 3.13; $(or $(PYTHON),python3) gives: $$($(or $(PYTHON),python3) --version 2>&1 | head -1)"; \
	  echo "Install one of them, or say where it is: make book PYTHON=/path/to/python3.12"; exit 1; } >&2
	@echo "Making the environment in .venv; the first time this fetches PyTorch and Jupyter and takes minutes …"
	@$(USABLE) || $(PYTHON) -m venv --clear .venv
	@set -o pipefail; $(BIN)/python -m pip install --disable-pip-version-check --no-input --progress-bar off \
	  -c constraints.txt $(INDEX) -e '.[book,test,paper]' | $(PROGRESS) || $(call SAY_WHY,pip)
	@touch $@

node_modules/.ready: package.json package-lock.json $(BIN)/.ready
	@echo "Fetching the front-end tools …"
	@$(BIN)/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error || $(call SAY_WHY,npm)
	@touch $@

env: $(BIN)/.ready node_modules/.ready

book: $(BIN)/.ready
	@echo "Building the book: the first time runs every chapter (minutes), later only what changed …"
	@$(BIN)/jupyter-book build . -W -n --keep-going
	@echo "The book is at file://$(CURDIR)/_build/html/index.html"

pdf: book
	@$(BIN)/python -m tests.chromium
	@echo "Printing the book, twice: the contents have the pages of the first print …"
	@$(BIN)/python -m paper.pdf

epub: $(BIN)/.ready
	@echo "Building the book for e-readers: chapters that ran for the book do not run again …"
	@$(BIN)/jupyter-book build . -W -n --keep-going --builder custom --custom-builder epub
	@echo "The EPUB is $(CURDIR)/_build/epub/convnets-live.epub"

zip: book
	@$(BIN)/python -m paper.stick
	@echo "Unpack $(CURDIR)/_build/convnets-live.zip anywhere and open its index.html"

bundles: env
	$(BIN)/node frontend/build.ts
	$(BIN)/python -m frontend.settings

lint: env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/npm run --silent check

TIMED := tests/labs/test_timing.py

# Several workers, so one thread each. A test in a browser waits for it half of the time: three.
fast chapters test: export OMP_NUM_THREADS ?= 1

fast: env
	$(BIN)/pytest tests/unit tests/parity -n 2

chapters: $(BIN)/.ready
	$(BIN)/pytest --nbval-lax --nbval-current-env --nbval-cell-timeout=300 -n 2 --dist loadfile intro.ipynb chapters

notebooks: $(BIN)/.ready
	@$(BIN)/python -m book_utils.chapter_lists
	@$(BIN)/python -m book_utils.covers
	@$(BIN)/python -m book_utils.notebooks

test: env
	@$(BIN)/python -m tests.chromium
	@echo "1 of 4: style and types"
	@$(MAKE) --no-print-directory lint
	@echo "2 of 4: the book, which keeps one core busy, and meanwhile the unit and parity tests"
	@$(MAKE) --no-print-directory -j 2 book fast
	@$(MAKE) --no-print-directory epub
	@echo "3 of 4: book, lab and browser tests"
	$(BIN)/pytest tests -n 3 --dist loadgroup $(addprefix --ignore=,tests/unit tests/parity $(TIMED))
	@echo "The labs' sliders, timed while nothing else runs:"
	$(BIN)/pytest $(TIMED) -s
	@echo "4 of 4: every cell of every chapter"
	@$(MAKE) --no-print-directory chapters

# On a quiet machine: about seven minutes. The training alone: make bench BENCH=train
bench: env
	@$(if $(filter sliders,$(or $(BENCH),sliders)),$(BIN)/python -m tests.chromium)
	@$(BIN)/python -m benchmarks $(BENCH)

serve: book
	@echo "Serving on http://localhost:$(PORT) (Ctrl+C ends it)"
	@$(BIN)/python -m http.server --directory _build/html --bind 127.0.0.1 $(PORT)

live: $(BIN)/.ready
	@$(BIN)/python -m book_utils.live $(PORT) $(MAKE) --no-print-directory book

clean:
	rm -rf _build .pytest_cache .hypothesis .ruff_cache
