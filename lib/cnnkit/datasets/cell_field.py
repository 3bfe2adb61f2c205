"""Where the cells of a drawn image lie, and what shapes they have."""

from dataclasses import dataclass

import numpy as np

RandomSource = np.random.Generator | np.random.RandomState  # both have uniform and normal; no more is used

REACH = 28  # pixels from a cell's centre to the edge of its patch
MARGIN = 20  # pixels around the image in which cells may have their centres
COARSE = 3  # cells are placed on every third pixel
OVERLAP = 0.15  # share of a cell that may lie over those before it
ROUNDED = 0.05  # share of the cells
SMALLEST = 24  # pixels of the least part of a cell that counts as one, at the border of the image
PATCH = 2 * REACH + 1


@dataclass(frozen=True)
class CellField:
    """Cells on a square field, which is larger than the image by MARGIN + REACH on each side.

    size: edge of the image in pixels. corners: int (cells, 2), row and column of each cell's patch
    in the field. along, across: float32 (cells, PATCH, PATCH), the pixels of the patch in the
    cell's own directions, so that its outline is the circle of radius 1. rounded: bool (cells,),
    those that have drawn themselves together to divide.
    """

    size: int
    corners: np.ndarray
    along: np.ndarray
    across: np.ndarray
    rounded: np.ndarray

    @property
    def edge(self) -> int:
        """Of the field, in pixels."""
        return self.size + 2 * (MARGIN + REACH)

    @property
    def image(self) -> tuple[slice, slice]:
        """The part of the field that is in the image."""
        return (slice(MARGIN + REACH, MARGIN + REACH + self.size),) * 2

    @property
    def patches(self) -> list[tuple[slice, slice]]:
        """The part of the field that each cell's patch covers."""
        return [(slice(row, row + PATCH), slice(column, column + PATCH)) for row, column in self.corners]


def draw_cell_field(random: RandomSource, size: int) -> CellField:
    """Cells in clumps and alone, each drawn where it covers little of those before it."""
    edge = size + 2 * MARGIN
    count = edge**2 // 420
    clumps = random.uniform(0, edge, (2 + edge**2 // 9000, 2))
    clump = (random.uniform(0, 1, count) * len(clumps)).astype(int)
    centres = clumps[clump] + random.normal(0, 34, (count, 2))
    corners = np.rint(centres / COARSE).astype(int) % (edge // COARSE) * COARSE
    rounded = random.uniform(0, 1, count) < ROUNDED
    shapes = _draw_shapes(random, rounded[:, None, None])
    level = np.hypot(*_own_coordinates(shapes, step=COARSE))
    kept = _apart(corners // COARSE, level < 1, 1 + (edge + PATCH) // COARSE)
    along, across = _own_coordinates([of[kept] for of in shapes])
    return CellField(size, corners[kept], along, across, rounded[kept])


def _draw_shapes(random: RandomSource, rounded: np.ndarray) -> list[np.ndarray]:
    """What `_own_coordinates` makes shapes from, each (cells, 1, 1) as `rounded` is."""

    def draw(low: float, high: float) -> np.ndarray:
        return random.uniform(low, high, rounded.shape).astype("float32")

    area = np.where(rounded, draw(50, 80), draw(60, 160))  # of the ellipse, over pi
    aspect = np.where(rounded, 1, draw(1.0, 1.75) ** 2)
    bend = np.where(rounded, 0, draw(-0.6, 0.6))
    waves = [
        np.where(rounded, 0.02, draw(0, most)) * np.exp(2j * np.pi * draw(0, 1))
        for most in (0.10, 0.14, 0.08)  # of 2, 3 and 5 waves around the outline
    ]
    shapes = [np.sqrt(area * aspect), np.sqrt(area / aspect), bend, np.exp(1j * np.pi * draw(0, 1)), *waves]
    return [of.astype("complex64" if np.iscomplexobj(of) else "float32") for of in shapes]


def _own_coordinates(shapes: list[np.ndarray], step: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """`along` and `across` of a CellField, at every step-th pixel of the patches."""
    length, width, bend, turn, *waves = shapes
    rows, columns = np.mgrid[-REACH : REACH + 1 : step, -REACH : REACH + 1 : step].astype("float32")
    turned = (columns + 1j * rows) * turn
    u = turned.real / length
    v = turned.imag / width + bend * u**2
    point = u + 1j * v
    direction = point / np.maximum(np.abs(point), 1e-6)
    square = direction * direction
    powers = (square, square * direction, square * square * direction)
    outline = 1 + sum((wave * power).real for wave, power in zip(waves, powers, strict=True))
    return u / outline, v / outline


def _apart(corners: np.ndarray, inside: np.ndarray, edge: int) -> list[int]:
    """Which cells are kept, one after the other, so that each overlaps little with those before."""
    taken = np.zeros((edge, edge), bool)
    kept, patch = [], inside.shape[1]
    for index, ((row, column), cell) in enumerate(zip(corners, inside, strict=True)):
        window = taken[row : row + patch, column : column + patch]
        if np.count_nonzero(window & cell) <= OVERLAP * np.count_nonzero(cell):
            window |= cell
            kept.append(index)
    return kept


def instance_mask(cells: CellField) -> np.ndarray:
    """int32 (size, size): 0 is background, 1, 2, ... the cells, with background between any two.

    Where cells overlap, a pixel is of the cell that it lies deepest in.
    """
    from scipy.ndimage import maximum_filter, minimum_filter
    from skimage.measure import label

    nearest = np.ones((cells.edge, cells.edge), "float32")
    owner = np.zeros(nearest.shape, "int32")
    for number, (patch, level) in enumerate(zip(cells.patches, np.hypot(cells.along, cells.across), strict=True), 1):
        deeper = level < nearest[patch]
        nearest[patch][deeper] = level[deeper]
        owner[patch][deeper] = number
    owner = owner[cells.image]
    others = np.where(owner > 0, owner, len(cells.corners) + 1)
    owner[maximum_filter(owner, 3) != minimum_filter(others, 3)] = 0  # where two cells touch, neither is
    parts = label(owner, connectivity=1)
    counts = np.bincount(parts.ravel())
    counts[0] = 0
    large = counts >= SMALLEST
    return (np.cumsum(large) * large)[parts].astype("int32")
