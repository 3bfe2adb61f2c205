"""Pictures of networks, drawn from the networks."""

from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import ConnectionStyle, FancyArrowPatch

from cnnkit import graph

WIDE, HIGH = 2.3, 0.8  # inches from box to box
STRAIGHT, PAST = "arc3,rad=0", "around boxes"
AROUND = 72  # points from the middle of a box to where an arrow passes beside it


def draw(model: Any) -> Figure:
    """The graph of a functional model: a box for each use of a layer, an arrow for each tensor.

    A box has the layer's class, what is essential of its arguments, and its output's shape without the batch. Layers
    are in rows, inputs at the top, each below all that it needs. Its colour is that of its kind.

    Args:
        model: a functional or sequential model, small enough to be read.

    Returns:
        A figure that belongs to no window.

    Raises:
        ValueError: for a model that has no graph.

    Example:

    >>> import keras
    >>> inputs = keras.Input((8, 8, 3))
    >>> figure = draw(keras.Model(inputs, keras.layers.ReLU()(inputs)))
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['Input\\n8 x 8 x 3', 'ReLU\\n8 x 8 x 3']
    """
    nodes = {id(node): node for node in graph.nodes(model, "draw")}
    edges = _edges(nodes)
    places = _places(list(nodes), edges)
    columns, rows = (max(place[axis] for place in places.values()) + 1 for axis in (0, 1))
    bends = {edge: _bend(places, *edge) for edge in edges}
    margin = 0.4 if any(bend != STRAIGHT for bend in bends.values()) else 0
    figure = Figure(figsize=(WIDE * (columns + margin), HIGH * rows))
    axes = figure.add_axes((0, 0, 1, 1), xlim=(-0.5, columns - 0.5 + margin), ylim=(rows - 0.5, -0.5))
    axes.set_axis_off()
    boxes = {}
    for key, node in nodes.items():
        label, colour = _label(node.operation, node)
        style = {"boxstyle": "round", "facecolor": colour, "edgecolor": "0.3"}
        boxes[key] = axes.text(*places[key], label, ha="center", va="center", fontsize=8, bbox=style, zorder=1)
    for start, end in edges:
        arrow = FancyArrowPatch(
            places[start],
            places[end],
            arrowstyle="-|>",
            mutation_scale=10,
            color="0.3",
            connectionstyle=bends[start, end] if bends[start, end] != PAST else _around(figure),
            patchA=boxes[start].get_bbox_patch(),
            patchB=boxes[end].get_bbox_patch(),
            zorder=2,  # after the boxes, whose edges are known when they are drawn
        )
        axes.add_patch(arrow)
    return figure


def _around(figure: Figure) -> Any:
    """Matplotlib counts these lengths in pixels, and how many a point has is known when it draws."""

    def connect(*ends: Any, **more: Any) -> Any:
        pixels = figure.dpi / 72
        arms = {"armA": AROUND * pixels, "armB": AROUND * pixels, "rad": 12 * pixels}
        return ConnectionStyle.Arc(angleA=0, angleB=0, **arms)(*ends, **more)

    return connect


def _bend(places: dict[int, tuple[float, int]], start: int, end: int) -> str:
    """Matplotlib's style of an arrow; PAST where it passes rows in its own column, to the right of them."""
    (column, first), (other, last) = places[start], places[end]
    if last - first == 1:
        return STRAIGHT
    if column == other:
        return PAST
    return f"arc3,rad={0.25 * (-1 if column > other else 1)}"


def _edges(nodes: dict[int, Any]) -> list[tuple[int, int]]:
    maker = {id(tensor): key for key, node in nodes.items() for tensor in node.output_tensors}
    return [(maker[id(tensor)], key) for key, node in nodes.items() for tensor in graph.sources(node)]


def _places(nodes: list[int], edges: list[tuple[int, int]]) -> dict[int, tuple[float, int]]:
    """(column, row) of each: a row below all it needs, in the row as near as can be to their mean."""
    needs = {node: [start for start, end in edges if end == node] for node in nodes}
    rows: dict[int, int] = {}
    for node in nodes:
        rows[node] = max((rows[start] + 1 for start in needs[node]), default=0)
    widest = max(list(rows.values()).count(row) for row in set(rows.values()))
    places: dict[int, tuple[float, int]] = {}
    for row in range(max(rows.values()) + 1):
        here = [node for node in nodes if rows[node] == row]
        above = {n: [places[s][0] for s in needs[n]] or [(widest - 1) / 2] for n in here}
        here.sort(key=lambda n: sum(above[n]) / len(above[n]))
        middle = sum(sum(above[n]) / len(above[n]) for n in here) / len(here)
        left = min(max(middle - (len(here) - 1) / 2, 0), widest - len(here))
        places.update({node: (left + k, row) for k, node in enumerate(here)})
    return places


def _label(layer: Any, node: Any) -> tuple[str, str]:
    kind = type(layer).__name__.removesuffix("Layer")
    shape = " x ".join("?" if size is None else str(size) for size in node.output_tensors[0].shape[1:])
    kernel, pool = getattr(layer, "kernel_size", None), getattr(layer, "pool_size", None)
    window, strides = kernel or pool, getattr(layer, "strides", None)
    details = []
    if window:
        details.append("x".join(map(str, window)) if isinstance(window, tuple) else f"{window}x{window}")
    if strides not in (None, (1, 1), 1) and strides != pool:
        details.append(f"/{strides[0] if isinstance(strides, tuple) else strides}")
    if getattr(layer, "groups", 1) not in (None, 1):
        details.append(f"{layer.groups} groups")
    if kind == "Activation":
        details.append(layer.activation.__name__)
    return f"{' '.join([kind, *details])}\n{shape}", _colour(kind)


def _colour(kind: str) -> str:
    colours = {"Conv": "#cfe3f7", "Dense": "#cfe3f7", "Pool": "#f9d9c8", "Norm": "#e6e0f3", "Input": "#e8e8e8"}
    for word, colour in {**colours, "Add": "#d7edd3", "Concatenate": "#d7edd3"}.items():
        if word in kind:
            return colour
    return "#fbf3cf"
