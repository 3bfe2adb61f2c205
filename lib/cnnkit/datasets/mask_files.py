"""Masks of files, whatever their type: what is meant by them is told by all of them together."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cnnkit.datasets.image_files import Unusable, is_grey, is_inverted, pages, shown

if TYPE_CHECKING:
    from PIL import Image

CELL = (1, 255, 65535)  # what stands for cell in a mask of one class
SHOWN = 4  # values of a mask that an error names


@dataclass(frozen=True)
class MaskPage:
    """A page of a file, in all ways in which it can hold a mask.

    shown: (height, width) or (height, width, 3), what a viewer shows. numbers: what the file has, of a palette the
    places in it, and of a TIFF in which 0 is white what it has before a viewer turns it around. alpha: its
    transparency; None where it has none.
    """

    path: Path
    shown: np.ndarray
    numbers: np.ndarray
    is_palette: bool
    alpha: np.ndarray | None


def read_mask_pages(path: Path) -> list[MaskPage]:
    """Raises Unusable."""
    return [_page(page, path) for page in pages(path)]


def _page(page: "Image.Image", path: Path) -> MaskPage:
    seen = shown(page)
    numbers = np.asarray(page) if page.mode == "P" else seen
    if is_inverted(page) and numbers.dtype.kind == "u":
        numbers = np.iinfo(numbers.dtype).max - numbers
    has_alpha = page.mode in ("LA", "RGBA", "PA") or "transparency" in page.info
    alpha = np.asarray(page.convert("RGBA"))[..., 3] if has_alpha else None
    return MaskPage(path, seen, numbers, page.mode == "P", alpha)


def masks_of(pages: Sequence[MaskPage], kind: str) -> list[np.ndarray | Unusable]:
    """int32 (height, width) of each page, or why it cannot be used; `kind` is that of `read_image_pairs`.

    The pages are judged together, for a page alone may show one thing only: they hold the masks in their transparency,
    where they differ in it and in nothing else; a palette's places, where the colours in use are not all grey; else
    what is shown, or with kind "labels" the numbers of the file.
    """
    palettes = [page for page in pages if page.is_palette]
    if _is_in_alpha(pages):
        chosen = [page.alpha for page in pages if page.alpha is not None]
    else:
        by_place = any(not is_grey(page.shown) for page in palettes)
        chosen = [page.numbers if (by_place if page.is_palette else kind == "labels") else page.shown for page in pages]
    return [_mask(array, page.path, kind) for array, page in zip(chosen, pages, strict=True)]


def _is_in_alpha(pages: Sequence[MaskPage]) -> bool:
    alphas = [page.alpha for page in pages if page.alpha is not None]
    if len(alphas) < len(pages) or all(alpha.min() == alpha.max() == alphas[0].min() for alpha in alphas):
        return False
    colour = pages[0].shown[0, 0]
    return all(bool((page.shown == colour).all()) for page in pages)


def _mask(page: np.ndarray, path: Path, kind: str) -> "np.ndarray | Unusable":
    from skimage.measure import label

    if not is_grey(page):
        return Unusable("whose mask has colours (save it in grey, a number for each class or cell)", path.name)
    page = page if page.ndim == 2 else page[..., 0]
    values = np.unique(page)
    words = ", ".join(f"{value:g}" for value in values[:SHOWN]) + (
        f", ... {values[-1]:g}" if len(values) > SHOWN else ""
    )
    if not (values[0] >= 0 and (values == np.floor(values)).all()):
        return Unusable(
            "whose mask holds other values than whole numbers from 0 on (convert it)", f"{path.name} ({words})"
        )
    if kind == "labels":
        return page.astype("int32")
    marks = values[values > 0]
    if len(marks) > 1 or (len(marks) and marks[0] not in CELL):
        return Unusable(
            "whose mask holds other values than 0 and one of 1, 255 or 65535 (if they number cells or classes, "
            'pass kind="labels"; else make it black and white again, as it was before a resize or JPEG)',
            f"{path.name} ({words})",
        )
    return (label(page > 0, connectivity=1) if kind == "parts" else page > 0).astype("int32")
