"""Writes lib/README.md and lib/pictures/ from the library itself: `make docs`."""

import importlib
import inspect
import os
import re
from pathlib import Path
from types import ModuleType
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import matplotlib as mpl

from cnnkit import blocks, diagrams

HERE = Path(__file__).resolve().parent
PACKAGES = ("layers", "blocks", "models", "losses", "augment", "callbacks", "datasets", "segmentation", "counting")
PACKAGES += ("visualize", "attack")
ABOUT = """# The library

What notebooks import. This page is written by `make docs` from the docstrings, which say more: shapes, units, errors
and an example that runs.

Layers, blocks, networks and losses are written in `keras.ops` and `keras.layers`, and run under
`KERAS_BACKEND=tensorflow`, `jax` and `torch` (`make test-backends`). Images are channels last.

`cnnkit.quiet()` imports Keras and TensorFlow without TensorFlow's remarks; `import cnnkit` alone changes nothing. To
load a saved model with layers of ours, `import keras, cnnkit` in this order, or name what it is made of:
`import cnnkit.layers`.
"""


def inputs(*shapes: tuple[int, int, int]) -> list[Any]:
    return [keras.Input(shape) for shape in shapes]


# A small example of each block, to be drawn.
EXAMPLES = {
    "auxiliary_classifier": lambda x: blocks.auxiliary_classifier(x, classes=10),
    "conv_norm": lambda x: blocks.conv_norm(x, 128, strides=2),
    "dense_block": lambda x: blocks.dense_block(x, repeats=2),
    "dense_transition": lambda x: blocks.dense_transition(x),
    "depthwise_separable": lambda x: blocks.depthwise_separable(x, 128),
    "double_convolution": lambda x: blocks.double_convolution(x, 128),
    "inception": lambda x: blocks.inception(x, 64, 96, 128, 16, 32, 32),
    "residual_basic": lambda x: blocks.residual_basic(x, 128, strides=2),
    "residual_bottleneck": lambda x: blocks.residual_bottleneck(x, 16, squeeze_ratio=16),
    "resnext_bottleneck": lambda x: blocks.resnext_bottleneck(x, 32),
    "unet_down": lambda x: blocks.unet_down(x, 64),
}


def main() -> None:
    pictures = HERE / "pictures"
    pictures.mkdir(exist_ok=True)
    mpl.rcParams.update({"svg.hashsalt": "cnnkit", "svg.fonttype": "none"})
    for name in blocks.__all__:
        diagrams.draw(example(name)).savefig(pictures / f"{name}.svg", metadata={"Date": None})
    (HERE / "README.md").write_text(text(), encoding="utf-8")


def example(block: str) -> keras.Model:
    """A model that holds this block alone."""
    if block == "unet_up":
        low, features = inputs((10, 10, 128), (28, 28, 64))
        return keras.Model([low, features], blocks.unet_up(low, features, 64))
    (x,) = inputs((28, 28, 64))
    return keras.Model(x, EXAMPLES[block](x))


def text() -> str:
    """The whole page."""
    parts = [ABOUT]
    for package in PACKAGES:
        module = importlib.import_module(f"cnnkit.{package}")
        about = _first_line(module).removesuffix(" This list is what is public.")
        rows = "\n".join(_row(module, name) for name in module.__all__)
        parts.append(f"## {package}\n\n{about}\n\n| name | what it is | source | file |\n|---|---|---|---|\n{rows}\n")
        if package == "blocks":
            parts += [f"### {name}\n\n![{_alternative(name)}](pictures/{name}.svg)\n" for name in module.__all__]
    return "\n".join(parts)


def _row(module: ModuleType, name: str) -> str:
    thing = getattr(module, name)
    if not (inspect.isfunction(thing) or inspect.isclass(thing)):
        return f"| `{name}` | a constant ({type(thing).__name__}) | | |"
    source = re.search(r"References:\n(.+?)(?:\n\s*\n|$)", inspect.getdoc(thing) or "", re.DOTALL)
    said = " ".join(source[1].split()).rstrip(".") if source else ""
    file = Path(inspect.getfile(thing)).relative_to(HERE)
    what = _first_line(thing).replace("|", "\\|")
    return f"| `{name}` | {what} | {said} | [{file.name}]({file.as_posix()}) |"


def _first_line(thing: Any) -> str:
    return (inspect.getdoc(thing) or "").splitlines()[0]


def _alternative(block: str) -> str:
    """The picture in words: the layers from top to bottom."""
    kinds = [type(layer).__name__ for layer in example(block).layers]
    return f"The layers of {block}, from top to bottom: {', '.join(kinds)}."


if __name__ == "__main__":
    main()
