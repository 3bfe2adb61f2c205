"""What the tests look at to see whether a mask still fits its image: every pixel knows its address."""

import numpy as np


def addressed(batch: int, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """(images, masks): each pixel of an image is its (row, column), each of a mask row * width + column."""
    rows, columns = np.indices((height, width))
    images = np.stack([rows, columns], axis=-1).astype("float32")
    masks = (rows * width + columns).astype("int32")
    return np.repeat(images[None], batch, axis=0), np.repeat(masks[None], batch, axis=0)


def misfit(images: np.ndarray, masks: np.ndarray, width: int) -> float:
    """The largest distance, along an axis and in pixels, between the places image and mask are taken from.

    Bilinear and nearest sampling of one place are up to 0.5 apart. width: of the source.
    """
    masks = np.asarray(masks)
    assert np.array_equal(masks, np.round(masks)), "masks are whole numbers"
    return float(np.abs(np.stack([masks // width, masks % width], axis=-1) - np.asarray(images)).max())
