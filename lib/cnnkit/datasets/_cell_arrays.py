"""Images of cells, and of each pixel's cell the number, made by chance. No TensorFlow."""

import numpy as np

from cnnkit.datasets.cell_field import RandomSource, draw_cell_field, instance_mask
from cnnkit.datasets.phase_contrast import phase_contrast_image

SPLITS = {"train": 30, "validation": 10, "test": 20}
SIZES = (96, 192, 512)
LEAST = 32  # pixels, an edge in which there is room for a cell


def cell_arrays(
    source: str | int | np.random.Generator = "train", count: int | None = None, size: int = 192
) -> tuple[np.ndarray, np.ndarray]:
    """Images as of cells under a phase-contrast microscope, and masks that number the cells.

    The cells are elongated, lie in clumps and overlap at their borders; they are darker than the background or hardly
    differ from it, each in its bright halo; light is uneven, and there are noise, blur and dust. They are modelled on
    what people use U-Net for (Ronneberger et al. 2015, figure 4), and nobody's cells.

    Args:
        source: a split of `cells`, "train" (30 images), "validation" (10) or "test" (20), which are the same each time
            and disjoint; or a seed or a NumPy generator for images that nobody has seen.
        count: of images: the split's first ones, all of them by default; of a seed or a generator, 1.
        size: height and width in pixels, 32 at least. Cells are as large in any: about 15 x 30 pixels.

    Returns:
        uint8 images (count, size, size, 1) and int32 masks (count, size, size): 0 is background, and 1, 2, ... are the
        cells, each of one piece. Where cells touch, a line of background lies between them, one or two pixels wide, so
        that the connected parts of `masks > 0` are the cells again.

    Raises:
        ValueError: for another split, count or size.

    Example:

    >>> images, masks = cell_arrays(source=1, count=2, size=96)
    >>> images.shape, masks.shape, bool(masks.max() > 5)
    ((2, 96, 96, 1), (2, 96, 96), True)
    """
    sources = _sources(source, count)
    if not isinstance(size, int | np.integer) or size < LEAST:
        raise ValueError(f"the size of images of cells is a whole number from {LEAST} on, and received {size!r}")
    images = np.empty((len(sources), size, size, 1), "uint8")
    masks = np.empty((len(sources), size, size), "int32")
    for index, random in enumerate(sources):
        cells = draw_cell_field(random, size)
        images[index, ..., 0] = phase_contrast_image(random, cells)
        masks[index] = instance_mask(cells)
    return images, masks


def _sources(source: str | int | np.random.Generator, count: int | None) -> list[RandomSource]:
    """What each image is drawn from."""
    if count is not None and (not isinstance(count, int | np.integer) or count < 1):
        raise ValueError(f"the count of images of cells is a whole number from 1 on, and received {count!r}")
    if not isinstance(source, str):
        return [np.random.default_rng(source)] * (count or 1)
    if source not in SPLITS:
        raise ValueError(f"split {source!r} of cells: there are {', '.join(map(repr, SPLITS))}")
    if count is not None and count > SPLITS[source]:
        raise ValueError(
            f"split {source!r} of cells has {SPLITS[source]} images, and {count} were asked for; "
            "a seed in place of the split draws any number"
        )
    # RandomState's stream is frozen: the splits are the same under every version of NumPy.
    number = list(SPLITS).index(source)
    return [np.random.RandomState(np.random.MT19937([number, index])) for index in range(count or SPLITS[source])]
