"""The warm parent: what it imports and prepares leaves its children whole."""

import os
import tempfile
import threading

import nbformat
import pytest

from cnngrader.errors import CnnkitError
from cnngrader.kernel.run_notebook import run_notebook
from cnngrader.kernel.warm_kernel import WarmKernel
from cnngrader.kernel.warm_parent import PREFIX, WarmParent
from cnngrader.sandbox.confine import find_missing
from cnngrader.sandbox.limits import Limits

LIMITS = Limits(cell_seconds=60, total_seconds=120)
TRAIN = """
import keras, numpy as np, cnnkit
images, labels = cnnkit.datasets.load(split="train[:64]")
model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10)])
model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
history = model.fit(images, labels, verbose=0).history
model.save("model.keras")
same = np.allclose(keras.saving.load_model("model.keras")(images[:2]), model(images[:2]))
import tensorflow as tf
cached = [len(list(tf.data.Dataset.range(3).cache("kept"))) for _ in range(2)]
print("loss", np.isfinite(history["loss"][0]), same, cached)
"""


def test_waiting_for_a_parent_that_is_ready_returns_at_once(warm):
    """A pool of several assignments waits before each. Alone, so that a wait without end fails as a test."""
    waiting = threading.Thread(target=warm.wait, daemon=True)
    waiting.start()
    waiting.join(60)
    assert not waiting.is_alive()


def test_a_kernel_trains_where_its_parent_has_just_prepared_the_data(tmp_path, monkeypatch):
    """Preparing runs TensorFlow; had the parent done it itself, its children would wait for ever."""
    if missing := find_missing():
        pytest.skip(f"this machine cannot confine: {missing[0]}")
    monkeypatch.setenv("CNNKIT_DATA", str(tmp_path))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(TRAIN)])
    with WarmParent(["keras", "cnnkit"], ["digits28"]).wait() as parent:
        assert (tmp_path / "digits28").is_dir()
        with WarmKernel(parent.address, LIMITS, readable=[tmp_path / "digits28"]) as kernel:
            run = run_notebook(notebook, kernel, LIMITS)
    assert run.errors == {}
    assert "loss True True [3, 3]" in "".join(output.get("text", "") for output in notebook.cells[0].outputs)


def test_packages_outside_the_installation_can_be_used(tmp_path, monkeypatch):
    """As in a folder of `pip install --target` that PYTHONPATH names."""
    if missing := find_missing():
        pytest.skip(f"this machine cannot confine: {missing[0]}")
    (tmp_path / "the_package-1.0.dist-info").mkdir()
    (tmp_path / "the_package.py").write_text("value = 'from elsewhere'")
    monkeypatch.setenv("PYTHONPATH", f"relative{os.pathsep}{tmp_path}")
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("import sys, the_package\nprint(the_package.value, 'relative' in sys.path)")]
    )
    with WarmParent().wait() as parent, WarmKernel(parent.address, LIMITS) as kernel:
        run = run_notebook(notebook, kernel, LIMITS)
    assert run.errors == {}
    assert notebook.cells[0].outputs[0].text == "from elsewhere False\n"


def test_data_that_cannot_be_prepared_is_told_in_its_own_words(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNKIT_DATA", str(tmp_path))
    with pytest.raises(CnnkitError, match="no_such_data"), WarmParent([], ["no_such_data"]) as parent:
        parent.wait()


def test_a_module_that_is_missing_is_the_notebooks_own_affair():
    with WarmParent(["no_such_module"]) as parent:
        assert parent.wait() is parent


def test_what_a_killed_grader_left_is_removed_and_what_is_in_use_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, young = tmp_path / f"{PREFIX}left", tmp_path / f"{PREFIX}young"
    with WarmParent() as running:
        for folder in (left, young, running.folder):
            folder.mkdir(exist_ok=True)
            (folder / "held").touch()
            (folder / "rubric.py").touch()
        for folder in (left, running.folder):
            os.utime(folder / "held", (0, 0))
        with WarmParent():
            assert (left.exists(), young.exists(), (running.folder / "rubric.py").exists()) == (False, True, True)


def test_nothing_in_the_graders_directory_is_imported(tmp_path, monkeypatch):
    """A grader that is started in a submission's folder must not run what lies there."""
    for name in ("resource", "checks"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r})")
    monkeypatch.chdir(tmp_path)
    with WarmParent(["checks"]) as parent:
        parent.wait()
    assert not (tmp_path / "ran").exists()
