"""Images and masks of a file, whatever its type."""

from pathlib import Path
from typing import Any

import numpy as np

SUFFIXES = {".png", ".tif", ".tiff", ".jpg", ".jpeg", ".bmp"}
CELL = (1, 255, 65535)  # what stands for cell in a mask of one class
SHOWN = 4  # values of a mask that an error names


class Unusable(Exception):
    """A file cannot be used. `reason`, the same for all such files, says what to do; `detail` names the file."""

    def __init__(self, reason: str, detail: str):
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


def read_images(path: Path) -> list[np.ndarray]:
    """float32 (height, width, 1 or 3) in [0, 1] of each page, 3 channels where they differ. Raises Unusable."""
    return [_picture(page, path) for page in _pages(path, as_mask=False)]


def read_masks(path: Path, kind: str) -> list[np.ndarray]:
    """int32 (height, width) of each page; `kind` is that of `read_image_pairs`. Raises Unusable."""
    return [_mask(page, path, kind) for page in _pages(path, as_mask=True)]


def _pages(path: Path, as_mask: bool) -> list[np.ndarray]:
    from PIL import Image, ImageSequence

    try:
        with Image.open(path) as file:
            return [_array(page, as_mask) for page in ImageSequence.Iterator(file)]
    except Exception as error:  # what a damaged file raises is any exception
        why = str(error).splitlines()[0].replace(f" {str(path)!r}", "") if str(error) else type(error).__name__
        raise Unusable("that cannot be read (save them again as PNG or TIFF)", f"{path.name} ({why})") from None


def _array(page: Any, as_mask: bool) -> np.ndarray:
    """(height, width) or (height, width, 3), in the type of the file."""
    if page.mode == "P":
        coloured = np.asarray(page.convert("RGB"))
        return np.asarray(page) if as_mask and not _is_grey(coloured) else coloured
    if page.mode == "LA":
        return np.asarray(page.convert("L"))
    if page.mode in ("1", "L", "F", "RGB") or page.mode[0] == "I":
        return np.asarray(page)
    return np.asarray(page.convert("RGB"))


def _is_grey(page: np.ndarray) -> bool:
    return page.ndim == 2 or bool((page == page[..., :1]).all())


def _picture(page: np.ndarray, path: Path) -> np.ndarray:
    if page.ndim == 2 or _is_grey(page):
        page = page.reshape(*page.shape[:2], -1)[..., :1]
    low, high = page.min(), page.max()
    if page.dtype.kind == "u":
        return (page / np.iinfo(page.dtype).max).astype("float32")
    if not (low >= 0 and high <= 1):  # NaN too
        raise Unusable(
            "with other numbers than of 8 or 16 bits or from 0 to 1 (convert them)",
            f"{path.name} ({page.dtype} from {low:g} to {high:g})",
        )
    return page.astype("float32")


def _mask(page: np.ndarray, path: Path, kind: str) -> np.ndarray:
    from skimage.measure import label

    if not _is_grey(page):
        raise Unusable("whose mask has colours (save it in grey, a number for each class or cell)", path.name)
    page = page if page.ndim == 2 else page[..., 0]
    values = np.unique(page)
    shown = ", ".join(f"{value:g}" for value in values[:SHOWN]) + (
        f", ... {values[-1]:g}" if len(values) > SHOWN else ""
    )
    if not (values[0] >= 0 and (values == np.floor(values)).all()):
        raise Unusable(
            "whose mask holds other values than whole numbers from 0 on (convert it)", f"{path.name} ({shown})"
        )
    if kind == "labels":
        return page.astype("int32")
    marks = values[values > 0]
    if len(marks) > 1 or (len(marks) and marks[0] not in CELL):
        raise Unusable(
            "whose mask holds other values than 0 and one of 1, 255 or 65535 (if they number cells or classes, "
            'pass kind="labels"; else make it black and white again, as it was before a resize or JPEG)',
            f"{path.name} ({shown})",
        )
    return (label(page > 0, connectivity=1) if kind == "parts" else page > 0).astype("int32")
