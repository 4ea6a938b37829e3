# Two commands on a fresh machine with git, Python 3.11 and make: `make serve` and `make test`.
PYTHON ?= python3
BIN    := .venv/bin
READY  := .venv/ready

.PHONY: serve test check format clean

serve: $(READY)  ## build the graph if needed, serve it on http://127.0.0.1:8000
	$(BIN)/gdb-graph serve

test: $(READY)   ## all tests
	$(BIN)/python -m pytest

check: $(READY)  ## lint, format, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY) ## write the format that `check` asks for
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:           ## remove what the commands above made
	rm -rf .venv snapshots .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; say which with: make PYTHON=python3.11 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || .ci/debian python3-venv
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $(READY)
