"""Patches of the photographs that scikit-image and scikit-learn carry: colour images that need no network."""

from functools import cache
from typing import Any

import numpy as np

SIZE = 64
WIDTHS = (160, 192, 240)  # to which a photograph is brought before patches are cut
REGIONS = {"train": (0.0, 0.6), "test": (0.6, 1.0), "fit": (0.0, 0.4), "validation": (0.4, 0.6)}  # shares of the width
CLASSES = "astronaut brick cat coffee coins flower galaxies grass gravel motorcycle retina rocket temple tissue".split()


def photograph_patches(
    split: str = "train", count: int = 1400, *, seed: int = 0, size: int = SIZE
) -> tuple[np.ndarray, np.ndarray]:
    """Patches of 14 photographs and textures, to be told from one another.

    Args:
        split: "train" or "test": from different parts of each photograph, without a common pixel. "fit" and
            "validation" are two parts of "train" that have no common pixel either.
        count: how many; every class has as many, up to one.
        seed: fixes the places, the sizes, from a quarter to two fifths of the photograph's width at 64 pixels, and the
            mirroring.
        size: pixels of an edge, 64 at most, and for "validation" 32.

    Returns:
        float32 images (count, size, size, 3) in [0, 1], gray where the photograph is, and int64 labels (count,) that
        index CLASSES, in random order.

    Raises:
        ValueError: for arguments that do not fit.

    Example:

    >>> images, labels = photograph_patches("test", 28)
    >>> images.shape, sorted(labels.tolist())[:4], CLASSES[0]
    ((28, 64, 64, 3), [0, 0, 1, 1], 'astronaut')
    """
    if split not in REGIONS:
        raise ValueError(f"split {split!r} of the photographs: there are {', '.join(map(repr, REGIONS))}")
    largest = 32 if split in ("fit", "validation") else SIZE
    if not 1 <= size <= largest:
        raise ValueError(f"size is 1 to {largest} for the split {split!r}, and received {size!r}")
    if count < 1:
        raise ValueError(f"count is 1 or more, and received {count!r}")
    rng = np.random.default_rng([seed, (*REGIONS,).index(split)])
    labels = rng.permutation(np.arange(count) % len(CLASSES))
    images = np.stack([_patch(CLASSES[label], split, size, rng) for label in labels])
    return images.astype("float32") / 255, labels.astype("int64")


def photograph(name: str) -> np.ndarray:
    """The whole photograph of a class: uint8 (height, width, 3).

    Args:
        name: one of CLASSES.

    Example:

    >>> photograph("cat").shape
    (300, 451, 3)
    """
    from skimage import color, data
    from sklearn.datasets import load_sample_image

    sources: dict[str, Any] = {
        "cat": data.chelsea,
        "flower": lambda: load_sample_image("flower.jpg"),
        "galaxies": data.hubble_deep_field,
        "motorcycle": lambda: data.stereo_motorcycle()[0],
        "temple": lambda: load_sample_image("china.jpg"),
        "tissue": data.immunohistochemistry,
    }
    if name not in CLASSES:
        raise ValueError(f"photograph {name!r}: there are {', '.join(CLASSES)}")
    image = np.asarray((sources.get(name) or getattr(data, name))())
    return image if image.ndim == 3 else color.gray2rgb(image)


def _patch(name: str, split: str, size: int, rng: np.random.Generator) -> np.ndarray:
    image = _scaled(name)[rng.integers(len(WIDTHS))]
    height, width, _ = image.shape
    left, right = (round(share * width) for share in REGIONS[split])
    top, left = rng.integers(0, height - size + 1), rng.integers(left, right - size + 1)
    patch = image[top : top + size, left : left + size]
    return patch[:, ::-1] if rng.random() < 0.5 else patch


@cache
def _scaled(name: str) -> list[np.ndarray]:
    from skimage.transform import resize

    image = photograph(name)
    sizes = [(max(SIZE, round(width * image.shape[0] / image.shape[1])), width) for width in WIDTHS]
    return [np.rint(255 * resize(image, size, anti_aliasing=True)).astype("uint8") for size in sizes]
