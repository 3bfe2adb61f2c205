"""TensorFlow's remarks on the processor it found, kept out of notebooks."""

import importlib.abc
import importlib.util
import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

# What TensorFlow writes on standard error by itself, past every filter of Python's.
_REMARK = re.compile(rb"WARNING: All log messages before absl|[IW]0000 ")
# What it warns of where several networks predict in turn, each compiled for itself: nothing is wrong with that.
_RETRACING = "triggered tf.function retracing"


def quiet_tensorflow() -> None:
    """From now on TensorFlow is imported without its remarks, unless the user has set TF_CPP_MIN_LOG_LEVEL."""
    if "TF_CPP_MIN_LOG_LEVEL" in os.environ or "tensorflow" in sys.modules:
        return
    # "3" hides errors as well, the first of them that there is no GPU; where there is one, they matter.
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2" if Path("/dev/nvidiactl").exists() else "3"
    logging.getLogger("tensorflow").addFilter(lambda record: _RETRACING not in record.getMessage())
    sys.meta_path.insert(0, _QuietFinder())


class _QuietFinder(importlib.abc.MetaPathFinder):
    """Finds TensorFlow, once, with a loader that keeps its remarks back."""

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        if name != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                with without_remarks():
                    execute(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


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
