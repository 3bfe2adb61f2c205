"""Pictures for notebooks, each with a text that says what is in it."""

import base64
import html
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

BLUE, ORANGE = "#0072b2", "#d55e00"  # two colours that everybody can tell apart (Okabe and Ito)
LABELS = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", BLUE, ORANGE, "#cc79a7")
"""Seven such colours, for things that are told apart and not compared."""

DPI = 80
"""Pixels of a page for an inch. A picture has twice as many, for screens that show them, and for whoever zooms in."""


def picture(figure: Any, text: str) -> None:
    """Show a matplotlib figure in the notebook, with `text` below it and as its alternative text.

    Closes the figure, so that it is not shown a second time.

    Args:
        figure: a matplotlib figure.
        text: says what is in it.

    Raises:
        ValueError: for an empty text.
    """
    from IPython.display import display

    display(captioned(figure, text))


def captioned(figure: Any, text: str) -> Any:
    """What `picture` shows: an IPython HTML object, which needs nothing beside it.

    Args:
        figure, text: as for `picture`.
    """
    import matplotlib.pyplot as plt
    from IPython.display import HTML

    if not text.strip():
        raise ValueError("picture takes a text that says what is in the figure, and received an empty one")
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=2 * DPI, bbox_inches="tight")
    plt.close(figure)
    width = int.from_bytes(file.getvalue()[16:20], "big") // 2  # of a PNG's header
    image = base64.b64encode(file.getvalue()).decode()
    text = html.escape(text)
    return HTML(
        f'<figure><img alt="{text}" style="width: {width}px; max-width: 100%" src="data:image/png;base64,{image}">'
        f"<figcaption>{text}</figcaption></figure>"
    )


def grids(
    arrays: Sequence[Any] | np.ndarray,
    titles: Sequence[Any] | None = None,
    *,
    columns: int = 8,
    edge: float = 1.6,
    numbers: str = "",
    limits: tuple[float | None, float | None] = (None, None),
    bar: str = "",
    colours: str | Sequence[str] = "cividis",
    rows: Sequence[str] = (),
    legend: Mapping[str, str] | None = None,
) -> Any:
    """A figure of small images side by side.

    Args:
        arrays: each (height, width), or (height, width, 3) in colours of its own.
        titles: one above each.
        columns: images in a row.
        edge: of an image, in inches.
        numbers: a format such as "g" to write each value into its pixel.
        limits: values that get the darkest and the brightest colour; those of each image where None.
        bar: what the colours mean, to show their scale, which is the last image's, and that of all where they have
            `limits`.
        colours: matplotlib's map of colours, one for all or one for each image.
        rows: what stands at the left of each row.
        legend: {what a colour means: the colour}, below the images.

    Returns:
        The matplotlib figure.
    """
    import matplotlib.pyplot as plt
    from matplotlib.patches import Patch

    high = -(-len(arrays) // columns)
    figure, axes = plt.subplots(high, min(columns, len(arrays)), squeeze=False, layout="constrained")
    width = edge * axes.shape[1] + (0.9 if bar else 0)
    figure.set_size_inches(width, (edge + (0.25 if titles is not None else 0)) * high)
    for axis in axes.flat:
        axis.axis("off")
    for axis, name in zip(axes[:, 0], rows, strict=False):
        axis.text(-0.05, 0.5, name, transform=axis.transAxes, rotation=90, ha="right", va="center", fontsize=9)
    for index, (axis, array) in enumerate(zip(axes.flat, map(np.asarray, arrays), strict=False)):
        colour_map = colours if isinstance(colours, str) else colours[index]
        drawn = axis.imshow(array, cmap=colour_map, vmin=limits[0], vmax=limits[1])
        if titles is not None:
            axis.set_title(titles[index], fontsize=9)
        if numbers:
            for (row, column), value in np.ndenumerate(array):
                colour = "white" if drawn.norm(value) < 0.5 else "black"
                axis.text(column, row, format(value, numbers), color=colour, ha="center", va="center", fontsize=7)
    if bar:
        figure.colorbar(drawn, ax=axes, label=bar)
    if legend:
        patches = [Patch(color=colour, label=name) for name, colour in legend.items()]
        figure.legend(handles=patches, loc="outside lower center", ncols=len(patches), fontsize=9, frameon=False)
    return figure


def paint(numbers: Any, colours: Sequence[str] | None = None) -> np.ndarray:
    """An image (height, width, 3) in which each whole number has a colour of its own.

    Args:
        numbers: whole numbers (height, width), from 0.
        colours: that of 0, of 1, and so on; where not given, 0 is black and the others take turns with `LABELS`.

    Raises:
        IndexError: for a number that has no colour.

    Example:

    >>> paint([[0, 1]], ["black", "white"]).tolist()
    [[[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]]
    """
    from matplotlib.colors import to_rgb

    numbers = np.asarray(numbers)
    if colours is None:
        numbers, colours = np.where(numbers > 0, 1 + (numbers - 1) % len(LABELS), 0), ("black", *LABELS)
    painted: np.ndarray = np.array([to_rgb(colour) for colour in colours])[numbers]
    return painted
