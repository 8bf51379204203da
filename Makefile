# Two commands on a fresh machine: `make demo` and `make test`. Everything is installed into .venv.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin

.PHONY: demo test lint types unit gold lock train clean

demo: $(VENV)/installed
	$(RUN)/chataudit demo

test: $(VENV)/installed-dev lint types unit gold

lint: $(VENV)/installed-dev
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .

types: $(VENV)/installed-dev
	$(RUN)/mypy

unit: $(VENV)/installed-dev
	$(RUN)/pytest

gold: $(VENV)/installed-dev
	$(RUN)/chataudit rules test
	$(RUN)/chataudit eval corpora/ru --floors corpora/floors.yaml

train: $(VENV)/installed-dev
	$(RUN)/python -m audit.train rules/standard corpora/ru/acts --lang ru

$(VENV)/installed: pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(RUN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.lock
	$(RUN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	touch $@

lock:
	$(PYTHON) benchmarks/lock.py

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
