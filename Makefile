# Two commands on a fresh machine: `make demo` and `make test`. Python 3.11 or newer with venv is all they need;
# everything else is installed into .venv.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
PIP := $(RUN)/python -m pip install --quiet --disable-pip-version-check
CORPORA := $(wildcard corpora/*/dev corpora/*/regression corpora/*/test)

.PHONY: demo test lint types unit gold fresh docs train lock clean

demo: $(VENV)/installed
	$(RUN)/chataudit demo

test: lint types unit gold fresh

lint: $(VENV)/installed-dev
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .

types: $(VENV)/installed-dev
	$(RUN)/mypy

unit: $(VENV)/installed-dev
	$(RUN)/python -m pytest

gold: $(VENV)/installed-dev
	$(RUN)/chataudit rules test
	@test -n "$(CORPORA)" || { echo "no corpora with gold labels in corpora/" >&2; exit 1; }
	@for corpus in $(CORPORA); do echo "chataudit eval $$corpus"; $(RUN)/chataudit eval "$$corpus" || exit; done

fresh: $(VENV)/installed-dev  # what is generated is up to date; `make docs` makes it so
	$(RUN)/python audit/locale/update.py --check
	$(RUN)/python benchmarks/docs.py --check
	$(RUN)/python benchmarks/readme.py --check

docs: $(VENV)/installed-dev  # what is generated: catalogs, pages from the rules, transcripts in the README
	$(RUN)/python audit/locale/update.py
	$(RUN)/python benchmarks/docs.py
	$(RUN)/python benchmarks/readme.py

train: $(VENV)/installed-dev
	$(RUN)/python -m audit.train rules/standard corpora/ru/acts --lang ru
	$(RUN)/python -m audit.train_questions rules/standard corpora/ru --lang ru

lock:
	$(PYTHON) benchmarks/lock.py

$(VENV)/installed: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("chataudit needs Python 3.11 or newer; name one: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@echo "Installing into $(VENV): a minute or two, once"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock | $(VENV)/installed
	@echo "Installing the tools of the tests"
	@$(PIP) -r requirements-dev.lock
	@touch $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
