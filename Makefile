# make book    make the environment, build the HTML book, say where it is
# make test    make the environment, pass every test
# make fast    the tests that need neither a built book nor a browser (under a minute)
# make serve   build, then serve the book on http://localhost:8000
# make bundles rebuild the front-end bundles after a change to a .js file
# make bench   measure what the README claims
# make clean   remove what was built

PYTHON ?= python3
BIN    := .venv/bin
# On Linux, TORCH_INDEX=https://download.pytorch.org/whl/cpu fetches the small CPU build of PyTorch.
TORCH_INDEX ?=
PIP    := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))

# A second thread helps a quiet machine and ruins a busy one; waiting threads must not spin.
export OMP_WAIT_POLICY ?= PASSIVE
export PYTHONHASHSEED  ?= 0
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: book test fast serve bundles bench clean
.DELETE_ON_ERROR:

$(BIN)/.ready: pyproject.toml constraints.txt
	@echo "Making the environment in .venv (a few minutes the first time) …"
	@$(PYTHON) -c 'import sys; assert (3, 11) <= sys.version_info[:2] <= (3, 13), f"Python 3.11 to 3.13 is needed, {sys.version.split()[0]} was found; say which one with make PYTHON=python3.12"'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) -e '.[book,test]'
	@touch $@

node_modules/.ready: package.json package-lock.json $(BIN)/.ready
	@echo "Fetching the front-end tools …"
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

book: $(BIN)/.ready
	@jupyter-book build . -W -n --keep-going
	@echo "The book is at file://$(CURDIR)/_build/html/index.html"

bundles: node_modules/.ready
	node frontend/build.js

fast: $(BIN)/.ready node_modules/.ready
	pytest tests/unit tests/parity -n 2

test: $(BIN)/.ready node_modules/.ready
	python -m tests.chromium
	$(MAKE) book
	pytest tests -n 2 --dist loadgroup
	pytest --nbval-lax --nbval-current-env --nbval-cell-timeout=300 -n 2 --dist loadfile intro.ipynb chapters

serve: book
	@echo "Serving on http://localhost:8000 (Ctrl+C ends it)"
	@python -m http.server --directory _build/html --bind 127.0.0.1 8000

bench: $(BIN)/.ready node_modules/.ready
	python -m benchmarks

clean:
	rm -rf _build .pytest_cache .hypothesis .ruff_cache
