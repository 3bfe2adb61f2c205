"""TensorFlow's remarks on the processor it found, kept out of notebooks."""

import importlib
import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What TensorFlow writes on standard error by itself, past every filter of Python's.
_REMARK = re.compile(rb"WARNING: All log messages before absl|[IW]0000 ")
# What it warns of where several networks predict in turn, each compiled for itself: nothing is wrong with that.
_RETRACING = "triggered tf.function retracing"


def quiet() -> None:
    """Import Keras, and with it TensorFlow where that is its backend, without TensorFlow's remarks on the machine.

    For the start of a notebook, before anything else imports TensorFlow. Leaves alone what the user has set as
    TF_CPP_MIN_LOG_LEVEL, and a TensorFlow that is there already.
    """
    if "TF_CPP_MIN_LOG_LEVEL" in os.environ or "tensorflow" in sys.modules:
        return
    # "3" hides errors as well, the first of them that there is no GPU; where there is one, they matter.
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2" if Path("/dev/nvidiactl").exists() else "3"
    logging.getLogger("tensorflow").addFilter(lambda record: _RETRACING not in record.getMessage())
    with without_remarks():
        importlib.import_module("keras")


@contextmanager
def without_remarks() -> Iterator[None]:
    """What is written to standard error meanwhile comes afterwards, without TensorFlow's remarks."""
    with tempfile.TemporaryFile() as kept:
        original = os.dup(2)
        os.dup2(kept.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(original, 2)
            os.close(original)
            kept.seek(0)
            os.write(2, b"".join(line for line in kept if not _REMARK.match(line)))
