# Every target works on a machine that has only python3, make and the package registry.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
OLD := cnnkit needs Python 3.11 to 3.13, and this is

.PHONY: help env demo demo-class test test-onednn verify-onednn test-backends test-browser redteam check release wheel lite bench docs lock clean

help:          ## show what can be made
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

env: $(STAMP)  ## make .venv from requirements.lock, with this checkout in it

# An environment is complete where its stamp names this folder, for neither can be moved, and its Python is still there.
# Another one was interrupted, perhaps while a package was unpacked: pip takes such a package for installed.
ifneq ($(shell { $(BIN)/python -c '' && cat $(STAMP); } 2>/dev/null),$(CURDIR))
CLEAR := --clear
.PHONY: $(STAMP)
endif

# The scripts that pip writes hold this folder's path in quotation marks; a path in a .pth file, which Python 3.11 reads in
# the locale's encoding, is relative.
UNQUOTABLE := $(findstring ",$(CURDIR))$(findstring $$,$(CURDIR))$(findstring `,$(CURDIR))

$(STAMP): requirements.lock pyproject.toml
	$(if $(UNQUOTABLE),$(error the path of this folder holds a $(UNQUOTABLE), with which the scripts in .venv could not be run: move it))
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(None if (3, 11) <= v < (3, 14) else "$(OLD) %d.%d; name another: make PYTHON=python3.12" % v[:2])'
	@$(PYTHON) -c 'import venv, ensurepip' || { echo "python3 lacks venv; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing into .venv (about 3 GB, a few minutes) ..."
	@rm -f $(STAMP)
	@$(PYTHON) -m venv $(CLEAR) .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@printf '%s\n' ../../../../lib ../../../../autograder > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/_cnnkit.pth"
	@$(BIN)/python -P -m cnngrader.installed
	@pwd -P > $(STAMP)

demo: env      ## grade a made-up class, from collecting to feedback
	@$(BIN)/cnnkit demo

demo-class: env  ## a class of 300 with verdicts that are made up, for what comes after grading: demo-class/
	@$(BIN)/cnnkit demo --students 300

# Tests of one file stay in one process: they share what they made.
ALL_CORES := -n logical --maxprocesses 4 --dist loadfile

test: env      ## every test, then the proof of every assignment
	$(BIN)/python -m pytest $(ALL_CORES)
	$(BIN)/cnnkit release --check
	$(BIN)/cnnkit verify

test-onednn: env  ## the library's and the assignments' own tests as on a processor without AVX-512: TensorFlow without oneDNN
	TF_ENABLE_ONEDNN_OPTS=0 $(BIN)/python -m pytest -p no:cacheprovider $(ALL_CORES) lib solutions

verify-onednn: env  ## the proof of every assignment, likewise
	TF_ENABLE_ONEDNN_OPTS=0 $(BIN)/cnnkit verify

# The library's own versions, with JAX and the CPU build of PyTorch, apart from .venv: TensorFlow is not needed here.
BACKENDS := .venv-backends
PINNED := keras numpy scipy scikit-image scikit-learn matplotlib ipython sqlalchemy pytest docstring-parser
LIBRARY := lib/cnnkit/layers lib/cnnkit/blocks lib/cnnkit/models lib/cnnkit/losses lib/cnnkit/callbacks lib/cnnkit/counting \
	lib/cnnkit/segmentation lib/cnnkit/visualize lib/cnnkit/attack lib/cnnkit/model_view lib/cnnkit/gradients_test.py

$(BACKENDS)/.installed: requirements.lock
	@$(PYTHON) -m venv $(BACKENDS)
	@sed -nE 's/^([a-z0-9-]+==[^ ]+)( ;.*[^\\])? *\\?$$/\1\2/p' requirements.lock > $(BACKENDS)/versions.txt
	@$(BACKENDS)/bin/python -m pip install --quiet --constraint $(BACKENDS)/versions.txt $(PINNED) jax==0.10.2 torch==2.13.0
	@touch $@

test-backends: $(BACKENDS)/.installed  ## the library's tests under PyTorch and JAX
	KERAS_BACKEND=torch PYTHONPATH=lib $(BACKENDS)/bin/python -m pytest -p no:cacheprovider $(LIBRARY)
	KERAS_BACKEND=jax PYTHONPATH=lib $(BACKENDS)/bin/python -m pytest -p no:cacheprovider $(LIBRARY)

# Playwright's driver and axe-core, apart from .venv; the browser is Debian's: apt-get install chromium.
BROWSER := .venv-browser

$(BROWSER)/.installed:
	@$(PYTHON) -m venv --clear $(BROWSER)
	@$(BROWSER)/bin/python -m pip install --quiet playwright==1.65.2 axe-playwright-python==0.1.8 pytest
	@touch $@

test-browser: env $(BROWSER)/.installed  ## assignments in JupyterLab and the pages of a class, in Chromium, with axe-core
	$(BROWSER)/bin/python -m pytest -c browser_tests/pytest.ini browser_tests

redteam: env   ## every attack in every setting, written to docs/redteam.md, and the fuzz of what crosses to the grader, at length
	CNNKIT_FUZZ=30 $(BIN)/python -m pytest -p no:cacheprovider autograder/redteam/fuzz_test.py
	$(BIN)/python -m redteam

check: env     ## lint, format and types, before a commit
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

release: env   ## write assignments/ from solutions/ and the rubrics
	$(BIN)/cnnkit release

wheel: env     ## write dist/*.whl, which students install: the library, the released assignments, the command line
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

# JupyterLite runs a notebook in the reader's browser, in a Python that has no TensorFlow. It fetches that Python, Pyodide,
# from jsDelivr, unless PYODIDE names an archive of it that is to lie in the site.
LITE := .venv-lite
IN_BROWSER := alexnet_counting conv_by_hand

$(LITE)/.installed:
	@$(PYTHON) -m venv --clear $(LITE)
	@$(LITE)/bin/python -m pip install --quiet jupyterlite-core==0.8.6 jupyterlite-pyodide-kernel==0.8.6 jupyter-server
	@touch $@

lite: wheel $(LITE)/.installed  ## write dist/lite, a site on which students work without an installation
	rm -rf dist/lite dist/lite-contents
	$(BIN)/python lite/write_contents.py dist/lite-contents $(IN_BROWSER)
	cd dist && ../$(LITE)/bin/jupyter lite build --contents lite-contents --output-dir lite \
		--piplite-wheels "$$(ls -t cnnkit-*.whl | head -1)" $(if $(PYODIDE),--pyodide "$(abspath $(PYODIDE))")
	rm -rf dist/lite-contents

bench: env     ## the claims about speed, measured here
	$(BIN)/python benchmarks/grading.py
	$(BIN)/python benchmarks/writing.py
	$(BIN)/python benchmarks/scheduling.py
	$(BIN)/python benchmarks/similar.py
	$(BIN)/python benchmarks/confining.py
	$(BIN)/python benchmarks/checking.py
	$(BIN)/python benchmarks/layers.py
	$(BIN)/python benchmarks/counting.py
	$(BIN)/python benchmarks/unet.py
	$(BIN)/python benchmarks/visualize.py

# Sphinx, apart from .venv, and in sight of what is there: the library's pages are its docstrings.
DOCS := .venv-docs

$(DOCS)/.installed:
	@$(PYTHON) -m venv --clear $(DOCS)
	@$(DOCS)/bin/python -m pip install --quiet sphinx==9.0.4 myst-nb==1.4.0 furo==2025.12.19 latex2mathml==3.81.1
	@$(BIN)/python -c 'import site; print("import site; " + "; ".join(f"site.addsitedir({path!r})" for path in site.getsitepackages()))' \
		> "$$($(DOCS)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/_cnnkit.pth"
	@touch $@

docs: env $(DOCS)/.installed  ## write lib/README.md and its pictures from the library, and dist/docs, the documentation as a site
	$(BIN)/python lib/write_readme.py
	$(DOCS)/bin/sphinx-build -q -W --keep-going docs dist/docs

lock: env      ## solve pyproject.toml anew into requirements.lock
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --extra dev --python-version 3.11 --no-header --no-annotate --no-emit-index-url pyproject.toml --output-file requirements.lock

clean:         ## remove what was made, .venv and courses apart
	rm -rf demo demo-class build dist .pytest_cache .mypy_cache .ruff_cache
