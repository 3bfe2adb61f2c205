"""A picture of an answer beside the right one, where a person would rather look than read."""

import base64
import io

import numpy as np

SMALLEST, LARGEST = 6, 2**22  # values
WRITTEN = 8  # rows and columns of which each value is written into its place
OURS, YOURS = "#005f9e", "#a63c06"


def draw_comparison(got: np.ndarray, want: np.ndarray) -> tuple[str, str] | None:
    """(a PNG in base64, alternative text) of two arrays of one shape; None where words are enough.

    Of an array with more than two axes that plane is shown which holds the value that is the farthest off.
    """
    if got.shape != want.shape or not got.ndim or not SMALLEST <= got.size <= LARGEST:
        return None
    got, want = got.astype(np.float64), want.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        off = np.nan_to_num(np.abs(got - want), nan=np.inf)
    place = tuple(map(int, np.unravel_index(int(off.argmax()), off.shape)))
    at = ", ".join(map(str, place))
    words = f"Your values beside the expected ones. The farthest off, at [{at}], is {got[place]:.6g} and should be "
    plane = _plane_at(place, got.shape)
    named = f"[{', '.join(':' if part == slice(None) else str(part) for part in plane)}]" if got.ndim > 2 else ""
    return _png(_drawn(got[plane], want[plane], named)), f"{words}{want[place]:.6g}."


def _plane_at(place: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int | slice, ...]:
    """The plane of the two longest axes that holds a place."""
    longest = sorted(range(len(shape)), key=lambda axis: -shape[axis])[:2]
    return tuple(slice(None) if axis in longest else place[axis] for axis in range(len(shape)))


def _drawn(got: np.ndarray, want: np.ndarray, plane: str):  # type: ignore[no-untyped-def]  # matplotlib's Figure
    from matplotlib.figure import Figure

    if got.ndim == 1:
        figure = Figure(figsize=(6, 2.2))  # what lays itself out is drawn several times
        axes = figure.subplots(gridspec_kw={"left": 0.1, "right": 0.98, "bottom": 0.22, "top": 0.96})
        axes.plot(want, "o-", color=OURS, label="expected", markersize=4)
        axes.plot(got, "x--", color=YOURS, label="yours", markersize=5)
        axes.legend()
        axes.set_xlabel("place")
        return figure
    figure = Figure(figsize=(8, 2.8))
    panels = figure.subplots(
        1, 3, gridspec_kw={"left": 0.01, "right": 0.95, "bottom": 0.02, "top": 0.88, "wspace": 0.25}
    )
    both = np.concatenate([got.ravel(), want.ravel()])
    finite = both[np.isfinite(both)]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 1.0)
    with np.errstate(invalid="ignore", over="ignore"):
        off = got - want
    most = np.abs(off[np.isfinite(off)]).max(initial=0.0) or 1.0
    shown = [
        (got, f"yours{plane}", "cividis", low, high),
        (want, f"expected{plane}", "cividis", low, high),
        (off, "yours - expected", "PuOr", -most, most),
    ]
    for axes, (values, title, colours, least, largest) in zip(panels, shown, strict=True):
        image = axes.imshow(values, cmap=colours, vmin=least, vmax=largest, interpolation="nearest")
        axes.set_title(title)
        axes.set_xticks([])
        axes.set_yticks([])
        if max(values.shape) <= WRITTEN:
            for (row, column), value in np.ndenumerate(values):
                red, green, blue, _ = image.cmap(image.norm(value))
                ink = "black" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.45 else "white"
                axes.text(column, row, f"{value:.3g}", ha="center", va="center", color=ink, fontsize=8)
        else:
            figure.colorbar(image, ax=axes, shrink=0.8)
    return figure


def _png(figure) -> str:  # type: ignore[no-untyped-def]
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(figure)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    return base64.b64encode(buffer.getvalue()).decode()
