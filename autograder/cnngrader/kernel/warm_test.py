"""The warm parent: what it imports and prepares leaves its children whole."""

import threading

import nbformat
import pytest

from cnngrader.errors import CnnkitError
from cnngrader.kernel.run_notebook import run_notebook
from cnngrader.kernel.warm_kernel import WarmKernel
from cnngrader.kernel.warm_parent import WarmParent
from cnngrader.sandbox.confine import Limits, lacks

LIMITS = Limits(cell_seconds=60, total_seconds=120)
TRAIN = """
import keras, numpy as np, cnnkit
images, labels = cnnkit.datasets.load(split="train[:64]")
model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10)])
model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
history = model.fit(images, labels, verbose=0).history
print("loss", np.isfinite(history["loss"][0]))
"""


def test_waiting_for_a_parent_that_is_ready_returns_at_once(warm):
    """A pool of several assignments waits before each. Alone, so that a wait without end fails as a test."""
    waiting = threading.Thread(target=warm.wait, daemon=True)
    waiting.start()
    waiting.join(5)
    assert not waiting.is_alive()


def test_a_kernel_trains_where_its_parent_has_just_prepared_the_data(tmp_path, monkeypatch):
    """Preparing runs TensorFlow; had the parent done it itself, its children would wait for ever."""
    if missing := lacks():
        pytest.skip(f"this machine cannot confine: {missing[0]}")
    monkeypatch.setenv("CNNKIT_DATA", str(tmp_path))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(TRAIN)])
    with WarmParent(["keras", "cnnkit"], ["digits28"]).wait() as parent:
        assert (tmp_path / "digits28").is_dir()
        with WarmKernel(parent.address, LIMITS, readable=[tmp_path / "digits28"]) as kernel:
            run = run_notebook(notebook, kernel, LIMITS)
    assert run.errors == {}
    assert "loss True" in "".join(output.get("text", "") for output in notebook.cells[0].outputs)


def test_data_that_cannot_be_prepared_is_told_in_its_own_words(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNKIT_DATA", str(tmp_path))
    with pytest.raises(CnnkitError, match="no_such_data"), WarmParent([], ["no_such_data"]) as parent:
        parent.wait()


def test_a_module_that_is_missing_is_the_notebooks_own_affair():
    with WarmParent(["no_such_module"]) as parent:
        assert parent.wait() is parent
