"""Patches of the photographs that scikit-image and scikit-learn carry: colour images that need no network."""

from functools import cache
from typing import Any

import numpy as np

SIZE = 64
WIDTHS = (160, 192, 240)  # to which a photograph is brought before patches are cut
TEST_FROM = 0.6  # patches for testing lie to the right of this share of the width, those for training to the left
CLASSES = "astronaut brick cat coffee coins flower galaxies grass gravel motorcycle retina rocket temple tissue".split()


def photograph_patches(split: str = "train", count: int = 1400, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Patches of 14 photographs and textures, to be told from one another.

    Args:
        split: "train" or "test": from different parts of each photograph, without a common pixel.
        count: how many; every class has as many, up to one.
        seed: fixes the places, the sizes, from a quarter to two fifths of the photograph's width, and the mirroring.

    Returns:
        float32 images (count, 64, 64, 3) in [0, 1], gray where the photograph is, and int64 labels (count,) that index
        CLASSES, in random order.

    Raises:
        ValueError: for arguments that do not fit.

    Example:

    >>> images, labels = photograph_patches("test", 28)
    >>> images.shape, sorted(labels.tolist())[:4], CLASSES[0]
    ((28, 64, 64, 3), [0, 0, 1, 1], 'astronaut')
    """
    if split not in ("train", "test"):
        raise ValueError(f"split {split!r} of the photographs: there are 'train' and 'test'")
    if count < 1:
        raise ValueError(f"count is 1 or more, and received {count!r}")
    rng = np.random.default_rng([seed, split == "test"])
    labels = rng.permutation(np.arange(count) % len(CLASSES))
    images = np.stack([_patch(CLASSES[label], split, rng) for label in labels])
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


def _patch(name: str, split: str, rng: np.random.Generator) -> np.ndarray:
    image = _scaled(name)[rng.integers(len(WIDTHS))]
    height, width, _ = image.shape
    border = round(TEST_FROM * width)
    left, right = (border, width) if split == "test" else (0, border)
    top, left = rng.integers(0, height - SIZE + 1), rng.integers(left, right - SIZE + 1)
    patch = image[top : top + SIZE, left : left + SIZE]
    return patch[:, ::-1] if rng.random() < 0.5 else patch


@cache
def _scaled(name: str) -> list[np.ndarray]:
    from skimage.transform import resize

    image = photograph(name)
    sizes = [(max(SIZE, round(width * image.shape[0] / image.shape[1])), width) for width in WIDTHS]
    return [np.rint(255 * resize(image, size, anti_aliasing=True)).astype("uint8") for size in sizes]
