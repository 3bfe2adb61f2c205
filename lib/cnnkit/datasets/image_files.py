"""Images of a file, whatever its type."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL import Image

SUFFIXES = {".png", ".tif", ".tiff", ".jpg", ".jpeg", ".bmp"}
WHITE_IS_ZERO, PHOTOMETRIC = 0, 262  # of TIFF


class Unusable(Exception):
    """A file cannot be used. `reason`, the same for all such files, says what to do; `detail` names the file."""

    def __init__(self, reason: str, detail: str):
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


def read_images(path: Path) -> list[np.ndarray]:
    """float32 (height, width, 1 or 3) in [0, 1] of each page, 3 channels where they differ. Raises Unusable."""
    return [_image(shown(page), path) for page in pages(path)]


def pages(path: Path) -> "list[Image.Image]":
    """The images of a file, turned as the camera was held; of the several sizes or views that a telephone puts into a
    JPEG, the first. Raises Unusable."""
    from PIL import Image, ImageSequence

    try:
        with Image.open(path) as file:
            found = [file] if file.format == "MPO" else ImageSequence.Iterator(file)
            return [_turned(page) for page in found]
    except Exception as error:  # what a damaged file raises is any exception
        why = str(error).splitlines()[0].replace(f" {str(path)!r}", "") if str(error) else type(error).__name__
        raise Unusable("that cannot be read (save them again as PNG or TIFF)", f"{path.name} ({why})") from None


def shown(page: "Image.Image") -> np.ndarray:
    """(height, width) or (height, width, 3), in the type of the file: what a viewer shows, without transparency."""
    if page.mode == "LA":
        return np.asarray(page.convert("L"))
    if page.mode in ("1", "L", "F", "RGB") or page.mode[0] == "I":
        array = np.asarray(page)
        if array.dtype == np.uint16 and is_inverted(page):  # Pillow turns around what has 8 bits alone
            return 65535 - array
        return array
    return np.asarray(page.convert("RGB"))


def is_inverted(page: "Image.Image") -> bool:
    """Whether 0 stands for white, as it may in a TIFF."""
    return page.info.get("photometric") == WHITE_IS_ZERO


def _turned(page: "Image.Image") -> "Image.Image":
    from PIL import ImageOps

    turned = ImageOps.exif_transpose(page)
    turned.info["photometric"] = getattr(page, "tag_v2", {}).get(PHOTOMETRIC)  # a copy has no tags
    return turned


def is_grey(page: np.ndarray) -> bool:
    return page.ndim == 2 or bool((page == page[..., :1]).all())


def _image(page: np.ndarray, path: Path) -> np.ndarray:
    if page.ndim == 2 or is_grey(page):
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
