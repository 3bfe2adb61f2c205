"""An answer beside the right one as a picture, where a person would rather look than read."""

import base64
import io

import numpy as np

SMALLEST, LARGEST = 6, 2**20  # values


def draw_comparison(got: np.ndarray, want: np.ndarray) -> tuple[str, str] | None:
    """(a PNG in base64, alternative text) of two arrays of one shape; None where words are enough.

    Of an array with more than two axes that plane is shown which holds the value that is the farthest off.
    """
    if got.shape != want.shape or not got.ndim or not SMALLEST <= got.size <= LARGEST:
        return None
    from cnnkit.check.drawn_arrays import draw_curves, draw_planes  # matplotlib, which takes a moment

    got, want = got.astype(np.float64), want.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        difference = got - want
    off = np.nan_to_num(np.abs(difference), nan=np.inf)
    place = tuple(map(int, np.unravel_index(int(off.argmax()), off.shape)))
    at = ", ".join(map(str, place))
    words = f"Your values beside the expected ones. The farthest off, at [{at}], is {got[place]:.6g} and should be "
    if got.ndim == 1:
        picture = draw_curves({"expected": want, "yours": got})
    else:
        plane = _plane_at(place, got.shape)
        named = f"[{', '.join(':' if part == slice(None) else str(part) for part in plane)}]" if got.ndim > 2 else ""
        alike = {f"yours{named}": got[plane], f"expected{named}": want[plane]}
        picture = draw_planes(alike, ("yours - expected", difference[plane]))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode(), f"{words}{want[place]:.6g}."


def _plane_at(place: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int | slice, ...]:
    """The plane of the two longest axes that holds a place."""
    longest = sorted(range(len(shape)), key=lambda axis: -shape[axis])[:2]
    return tuple(slice(None) if axis in longest else place[axis] for axis in range(len(shape)))
