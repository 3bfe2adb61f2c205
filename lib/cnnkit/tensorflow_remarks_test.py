import os
import subprocess
import sys

import pytest

from cnnkit.tensorflow_remarks import without_remarks


def test_remarks_are_kept_back_and_all_else_comes_afterwards(capfd):
    with without_remarks():
        os.write(2, b"I0000 00:00:1.5 7 port.cc:153] oneDNN custom operations are on.\nlibfoo.so is broken\n")
        assert capfd.readouterr().err == ""
    assert capfd.readouterr().err == "libfoo.so is broken\n"


def test_what_was_written_before_a_failure_is_shown(capfd):
    with pytest.raises(ImportError), without_remarks():
        os.write(2, b"libfoo.so is broken\n")
        raise ImportError("tensorflow")
    assert "broken" in capfd.readouterr().err


KERAS = """
import logging, os
os.write(2, b'I0000 1.5 7 port.cc:1] remark\\nneeded\\n')
def predict():
    for word in ("triggered tf.function retracing", "out of memory"):
        logging.getLogger("tensorflow").warning("5 out of the last %d calls %s", 7, word)
"""


def run(program, folder, **settings):
    """What a new Python writes, with a module in Keras' place that writes what TensorFlow writes."""
    (folder / "keras.py").write_text(KERAS)
    environment = {key: value for key, value in os.environ.items() if key != "TF_CPP_MIN_LOG_LEVEL"}
    environment |= {"PYTHONPATH": str(folder), **settings}
    done = subprocess.run([sys.executable, "-c", program], env=environment, text=True, capture_output=True, check=True)
    return done.stderr.replace("I0000 1.5 7 port.cc:1] ", "").replace("5 out of the last 7 calls ", "").splitlines()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, ["needed", "out of memory"]),
        ({"TF_CPP_MIN_LOG_LEVEL": "1"}, ["remark", "needed", "triggered tf.function retracing", "out of memory"]),
    ],
    ids=["alone", "told"],
)
def test_quiet_imports_without_remarks_unless_the_user_decides(tmp_path, settings, said):
    assert run("import cnnkit; cnnkit.quiet(); import keras; keras.predict()", tmp_path, **settings) == said


def test_an_import_of_cnnkit_leaves_the_process_as_it_was(tmp_path):
    """Its environment, its hooks and its standard error: whoever imports it may be somebody else's program."""
    program = """
import os, sys
def state():
    return dict(os.environ), list(sys.meta_path), list(sys.path_hooks), os.fstat(2).st_ino, os.fstat(2).st_dev
before = state()
import cnnkit
assert state() == before
import keras
assert state() == before
"""
    assert run(program, tmp_path) == ["remark", "needed"]
