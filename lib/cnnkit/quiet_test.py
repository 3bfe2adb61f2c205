import os
import subprocess
import sys

import pytest

from cnnkit.quiet import without_remarks


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


@pytest.mark.parametrize(
    ("level", "said"),
    [(None, ""), ("1", "5 out of the last 7 calls triggered tf.function retracing\n")],
    ids=["alone", "told"],
)
def test_an_import_of_tensorflow_is_quiet_unless_the_user_decides(tmp_path, level, said):
    """With a module in TensorFlow's place that writes what it writes, and is seen whole."""
    module = """if True:
        import logging, os
        os.write(2, b'I0000 1.5 7 port.cc:1] remark\\nneeded\\n')
        value = 7
        def predict():
            for word in ("triggered tf.function retracing", "out of memory"):
                logging.getLogger("tensorflow").warning("5 out of the last %d calls %s", 7, word)
    """
    (tmp_path / "tensorflow").mkdir()
    (tmp_path / "tensorflow" / "__init__.py").write_text(module)
    (tmp_path / "tensorflow" / "part.py").write_text("value = 8")
    environment = {key: value for key, value in os.environ.items() if key != "TF_CPP_MIN_LOG_LEVEL"}
    if level:
        environment["TF_CPP_MIN_LOG_LEVEL"] = level
    program = "import cnnkit, sys; import tensorflow, tensorflow.part; print(tensorflow.value, tensorflow.part.value)"
    program += "; tensorflow.predict()"
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={**environment, "PYTHONPATH": str(tmp_path)},
        text=True,
        capture_output=True,
        check=True,
    )
    remark = "I0000 1.5 7 port.cc:1] remark\n" if level else ""
    assert (run.stdout, run.stderr) == ("7 8\n", f"{remark}needed\n{said}5 out of the last 7 calls out of memory\n")
