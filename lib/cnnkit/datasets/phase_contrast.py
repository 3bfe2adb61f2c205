"""How cells look through a phase-contrast microscope."""

import numpy as np

from cnnkit.datasets.cell_field import MARGIN, REACH, CellField, RandomSource

NEAR = slice(REACH, -REACH)  # of the field: no blur reaches the image from farther out than MARGIN


def phase_contrast_image(random: RandomSource, cells: CellField) -> np.ndarray:
    """uint8 (size, size): the cells darker than the background or as bright, each in a bright halo.

    Phase contrast shows how much later light comes than the light around it: the optical thickness
    less its own blur, which makes the halos and lets the middle of a large cell fade.
    """
    from scipy.ndimage import gaussian_filter

    thickness, structure, roughness = (_sum(cells, parts) for parts in _layers(random, cells))
    field = (cells.edge, cells.edge)
    dust = np.where(random.uniform(0, 1, field) < 0.0006, random.uniform(-60, 90, field), 0)[NEAR, NEAR]
    noise = random.normal(0, 1, field)[NEAR, NEAR]

    def band(field: np.ndarray) -> np.ndarray:
        field = field.astype("float32")
        return gaussian_filter(field, 1.0, truncate=3) - gaussian_filter(field, 2.2, truncate=3)

    halo = 2.0 * gaussian_filter(thickness, 2.0, truncate=3) + 0.8 * gaussian_filter(thickness, 6, truncate=2.5)
    view = halo - 2.3 * thickness - structure + 1.6 * band(noise) * roughness - 0.1 * band(dust)
    view = gaussian_filter(view, random.uniform(0.6, 1.1), truncate=3)[MARGIN:-MARGIN, MARGIN:-MARGIN]
    light = random.uniform(95, 135) * _illumination(random, cells.size)
    image = light * (1 + random.uniform(0.3, 0.5) * view)
    image += random.uniform(0.25, 0.5) * np.sqrt(np.maximum(image, 1)) * random.normal(0, 1, image.shape)
    return np.clip(np.rint(image), 0, 255).astype("uint8")


def _layers(random: RandomSource, cells: CellField) -> list[np.ndarray]:
    """Optical thickness, structure within, and roughness of each cell, each (cells, PATCH, PATCH)."""

    def draw(low: float, high: float) -> np.ndarray:
        return random.uniform(low, high, (len(cells.corners), 1, 1)).astype("float32")

    level = np.hypot(cells.along, cells.across)
    inside = np.clip(1 - level**4, 0, 1)
    rounded = cells.rounded[:, None, None]
    strength = np.where(rounded, 1.6, draw(0.5, 1.1)).astype("float32")
    x, y = cells.along - draw(-0.25, 0.25), cells.across - draw(-0.15, 0.15)
    depth = np.hypot(x / 0.42, y / 0.5)  # 1 on the outline of the nucleus
    nucleus, membrane = np.clip(4 * (1.1 - depth), 0, 1), np.exp(-(((depth - 1) / 0.16) ** 2))
    rim = np.exp(-(((level - 0.9) / 0.1) ** 2))
    tone = np.where(rounded, -2.2, draw(-0.45, 0.3)).astype("float32")
    structure = (
        inside * (tone - draw(-0.05, 0.2) * nucleus + draw(0.05, 0.3) * membrane) + draw(0.1, 0.5) * rim * strength
    )
    for _ in range(2):  # nucleoli
        structure += draw(0.1, 0.7) * np.exp(-((x - draw(-0.25, 0.25)) ** 2 + (y - draw(-0.3, 0.3)) ** 2) / 0.012)
    return [strength * inside, structure, draw(0.3, 1.2) * inside * (1 - 0.6 * nucleus)]


def _sum(cells: CellField, parts: np.ndarray) -> np.ndarray:
    """The cells' patches, added up on the field, and what is near the image of it."""
    field = np.zeros((cells.edge, cells.edge), "float32")
    for patch, part in zip(cells.patches, parts, strict=True):
        field[patch] += part
    return field[NEAR, NEAR]


def _illumination(random: RandomSource, size: int) -> np.ndarray:
    """About 1: brighter on one side, darker in the corners, and a few slow waves."""
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    light = (
        1 + random.uniform(-0.12, 0.12) * x + random.uniform(-0.12, 0.12) * y - random.uniform(0, 0.12) * (x**2 + y**2)
    )
    for _ in range(3):
        turn = random.uniform(0, 2 * np.pi)
        wave = random.uniform(0.03, 0.08) * size / 2
        light += 0.012 * np.cos(wave * (np.cos(turn) * x + np.sin(turn) * y) + random.uniform(0, 2 * np.pi))
    return light
