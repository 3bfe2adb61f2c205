"""Convolutional networks, to learn them and to grade them: layers, data sets and checks for Keras 3.

Submodules load when they are first named, so that `import cnnkit` costs nothing and TensorFlow is
imported only by those who use it. Where Keras is there already, it is told of what models of ours are
made of, so that `import keras, cnnkit` is enough to load a saved one.
"""

import importlib
import sys

from cnnkit.quiet import quiet_tensorflow

quiet_tensorflow()

__version__ = "0.1.0"

__all__ = [
    "attack",
    "augment",
    "blocks",
    "callbacks",
    "check",
    "counting",
    "datasets",
    "diagrams",
    "gradients",
    "layers",
    "losses",
    "models",
    "photographs",
    "pictures",
    "pretrained",
    "segmentation",
    "visualize",
]


def __getattr__(name: str) -> object:
    if name in __all__:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")


if "keras" in sys.modules:
    for _name in ("layers", "losses", "augment", "models"):
        importlib.import_module(f"{__name__}.{_name}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
