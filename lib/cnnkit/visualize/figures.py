"""Figures of what the methods return, each with a text that says what is in it.

The text is the figure's label: `cnnkit.pictures.picture(figure, figure.get_label())` shows both.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from cnnkit.pictures import BLUE, LABELS, ORANGE

SIGNED = LinearSegmentedColormap.from_list("blue-white-orange", [BLUE, "white", ORANGE])
MARKERS = "osD^vP*X<>ph8d"


def draw_images(
    images: Any, text: str, *, titles: Sequence[Any] | None = None, columns: int = 8, edge: float = 1.2
) -> Figure:
    """Images, patches or filters side by side, each brought to the range from 0 to 1 by itself.

    Args:
        images: (n, height, width, 3) or (n, height, width, 1). Images within 0 to 1 stay as they are.
        text: says what is in the figure, for those who do not see it.
        titles: one above each.
        columns: images in a row.
        edge: of an image, in inches.

    Returns:
        A figure that belongs to no window, with the text as its label.

    Raises:
        ValueError: for arguments that do not fit.

    Example:

    >>> draw_images(np.zeros((3, 5, 7, 3)), "Three black images.").get_label()
    'Three black images.'
    """
    images = np.asarray(images, "float32")
    if images.ndim != 4 or images.shape[3] not in (1, 3) or not len(images):
        raise ValueError(f"images are (n, height, width, 1 or 3), and received {images.shape}")
    figure, axes = _grid(len(images), text, titles, columns, edge, images.shape[1] / images.shape[2])
    for axis, image in zip(axes, images, strict=False):
        low, high = min(image.min(), 0), max(image.max(), 1)
        if low < 0 or high > 1:
            low, high = image.min(), image.max()
        image = (image - low) / max(high - low, 1e-12)
        _show(axis, image)
    return figure


def draw_maps(
    maps: Any, text: str, *, titles: Sequence[Any] | None = None, columns: int = 8, edge: float = 1.2
) -> Figure:
    """Arrays side by side in one scale of colours: the channels of a layer, or saliency.

    Args:
        maps: (n, height, width). Where none is negative the scale is cividis from 0, dark, to the largest; else from
            blue over white, which is 0, to orange.
        text, titles, columns, edge: as for `draw_images`.

    Returns:
        As `draw_images`.

    Example:

    >>> draw_maps(np.zeros((2, 5, 7)), "Two maps that are 0 everywhere.").get_label()
    'Two maps that are 0 everywhere.'
    """
    maps = np.asarray(maps, "float32")
    if maps.ndim != 3 or not len(maps):
        raise ValueError(f"maps are (n, height, width), and received {maps.shape}")
    figure, axes = _grid(len(maps), text, titles, columns, edge, maps.shape[1] / maps.shape[2])
    scale = _scale(maps)
    for axis, array in zip(axes, maps, strict=False):
        drawn = axis.imshow(array, **scale)
    figure.colorbar(drawn, ax=axes.tolist(), shrink=0.8, pad=0.01)
    return figure


def draw_saliency(
    images: Any, saliency: Any, text: str, *, titles: Sequence[Any] | None = None, edge: float = 1.6
) -> Figure:
    """Each image above the map of what matters in it.

    Args:
        images: (n, height, width, 1 or 3).
        saliency: (n, height, width), or with channels in the images' shape, of which the value of the largest size is
            shown. Each map has its own scale, chosen as in `draw_maps`.
        text, titles, edge: as for `draw_images`.

    Returns:
        As `draw_images`.

    Example:

    >>> draw_saliency(np.zeros((2, 5, 7, 3)), np.zeros((2, 5, 7)), "Two black images and their maps.").get_label()
    'Two black images and their maps.'
    """
    images, saliency = np.asarray(images, "float32"), np.asarray(saliency, "float32")
    if saliency.ndim == 4:
        strongest = np.abs(saliency).argmax(axis=3)[..., None]
        saliency = np.take_along_axis(saliency, strongest, axis=3)[..., 0]
    if images.ndim != 4 or images.shape[3] not in (1, 3) or images.shape[:3] != saliency.shape or not len(images):
        raise ValueError(
            "images are (n, height, width, 1 or 3) with a map for each, "
            f"and received {images.shape} and {saliency.shape}"
        )
    count = len(images)
    figure, axes = _grid(2 * count, text, titles, count, edge, images.shape[1] / images.shape[2])
    for above, below, image, array in zip(axes[:count], axes[count:], images, saliency, strict=True):
        low, high = min(image.min(), 0), max(image.max(), 1)
        _show(above, (image - low) / (high - low))
        below.imshow(array, **_scale(array))
    return figure


def draw_points(
    points: Any, labels: Any, text: str, *, names: Sequence[str] | None = None, titles: Sequence[Any] | None = None
) -> Figure:
    """Points in a plane, a colour and a shape for each label.

    A length is the same along both axes of a plane. Colours come again after seven labels, shapes after fourteen.

    Args:
        points: (n, 2), or (planes, n, 2) for the same points in planes side by side.
        labels: (n,), whole numbers from 0 on.
        text: as for `draw_images`.
        names: of the labels, for the legend.
        titles: one above each plane.

    Returns:
        As `draw_images`.

    Example:

    >>> draw_points([[0, 1], [1, 0]], [0, 1], "Two points of two classes.").get_label()
    'Two points of two classes.'
    """
    points, labels = np.asarray(points, "float32"), np.asarray(labels)
    planes = points[None] if points.ndim == 2 else points
    fits = planes.ndim == 3 and len(planes) and planes.shape[2] == 2 and labels.shape == planes.shape[1:2]
    if not fits or labels.dtype.kind not in "iu":
        raise ValueError(
            f"points are (n, 2) or (planes, n, 2) with a whole number each, and received {points.shape} and "
            f"{labels.shape}"
        )
    if not len(labels) or labels.min() < 0 or (names is not None and labels.max() >= len(names)):
        named = "" if names is None else f" that have names, below {len(names)}"
        found = f"{labels.min()} to {labels.max()}" if len(labels) else "none"
        raise ValueError(f"labels are whole numbers from 0 on{named}, one at least, and received {found}")
    single = len(planes) == 1
    figure = _figure(text, (6, 4.5) if single else (3 * len(planes) + 0.6, 3))
    axes = figure.subplots(1, len(planes), squeeze=False)[0]
    for axis, plane in zip(axes, planes, strict=True):
        for number, kind in enumerate(np.unique(labels)):
            axis.scatter(
                *plane[labels == kind].T,
                s=24 if single else 16,
                color=LABELS[number % len(LABELS)],
                marker=MARKERS[number % len(MARKERS)],
                label=names[kind] if names is not None else str(kind),
                edgecolors="0.2",
                linewidths=0.3,
            )
        axis.set(xticks=[], yticks=[])
        axis.set_aspect("equal", adjustable="datalim")
    for axis, title in zip(axes, titles if titles is not None else (), strict=False):
        axis.set_title(str(title), fontsize=9)
    axes[-1].legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize=8, markerscale=1.3)
    return figure


def _figure(text: str, size: tuple[float, float]) -> Figure:
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"a figure takes a text that says what is in it, and received {text!r}")
    figure = Figure(figsize=size, layout="constrained")
    figure.set_label(text)
    return figure


def _grid(
    count: int, text: str, titles: Sequence[Any] | None, columns: int, edge: float, ratio: float
) -> tuple[Figure, np.ndarray]:
    columns = min(columns, count)
    rows = -(-count // columns)
    title = 0.22 if titles is not None else 0.04
    figure = _figure(text, (edge * columns, (edge * ratio + title) * rows))
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis in axes:
        axis.set_axis_off()
    for axis, title in zip(axes, titles if titles is not None else (), strict=False):
        axis.set_title(str(title), fontsize=8)
    return figure, axes


def _show(axis: Any, image: np.ndarray) -> None:
    axis.imshow(image if image.shape[2] == 3 else image[..., 0], cmap="gray", vmin=0, vmax=1)


def _scale(array: np.ndarray) -> dict[str, Any]:
    most = max(float(np.abs(array).max()), 1e-12)
    return (
        {"cmap": "cividis", "vmin": 0, "vmax": most}
        if array.min() >= 0
        else {"cmap": SIGNED, "vmin": -most, "vmax": most}
    )
