"""Convolutional networks, to learn them and to grade them: layers, data sets and checks for Keras 3.

Submodules load when they are first named, so that `import cnnkit` costs nothing and TensorFlow is
imported only by those who use it; `cnnkit.quiet()` does that without TensorFlow's remarks.

Keras loads a saved model where it knows the model's layers. `import keras, cnnkit`, in this order, tells it of all
of ours; imported before Keras, cnnkit does not, and a program names what it needs: `import cnnkit.layers`.
"""

import importlib
import sys

from cnnkit.tensorflow_remarks import quiet

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
    "quiet",
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
