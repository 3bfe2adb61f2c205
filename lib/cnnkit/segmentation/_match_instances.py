"""Which cells were found."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnkit.segmentation.masks import as_masks


@dataclass(frozen=True)
class InstanceMatch:
    """What `match_instances` found.

    Args:
        pairs: int (matches, 3), of each match the image, the number of the predicted cell and that of the true one.
        iou: float (matches,).
        predicted, present: how many cells there are in the prediction and in truth.
    """

    pairs: np.ndarray
    iou: np.ndarray
    predicted: int
    present: int

    @property
    def precision(self) -> float:
        """Share of the predicted cells that are one; 1 where none is predicted."""
        return len(self.pairs) / self.predicted if self.predicted else 1.0

    @property
    def recall(self) -> float:
        """Share of the cells that were found; 1 where there is none."""
        return len(self.pairs) / self.present if self.present else 1.0

    @property
    def f1(self) -> float:
        """2 matches / (predicted + present), the harmonic mean of both; 1 where there is no cell at all."""
        cells = self.predicted + self.present
        return 2 * len(self.pairs) / cells if cells else 1.0


def match_instances(predicted: Any, truth: Any, threshold: float = 0.5) -> InstanceMatch:
    """The pairs of a predicted and a true cell whose IoU is `threshold` at least.

    Two touching cells that are predicted as one are at most one match, so that `f1` tells how well cells are separated.
    From 0.5 on a cell has one partner at most; where two halves of a cell have an IoU of exactly 0.5 with it, the one
    of the lower number is the match.

    Args:
        predicted, truth: instance masks (height, width), or (batch, height, width), of one shape: 0 is background, each
            other number a cell of its image. `instances` makes them of class masks.
        threshold: from 0.5 to 1.

    Returns:
        `InstanceMatch`, in which the cells of all images are counted together.

    Raises:
        ValueError: for arguments that do not fit.

    References:
        Kirillov et al., "Panoptic segmentation", 2019, section 4.1; Caicedo et al., "Nucleus segmentation across
        imaging experiments", 2019, for F1 at an IoU.

    Example:

    >>> match = match_instances([[1, 1, 1, 0, 2]], [[1, 1, 0, 2, 2]])
    >>> match.pairs.tolist(), match.iou.round(2).tolist(), match.f1
    ([[0, 1, 1], [0, 2, 2]], [0.67, 0.5], 1.0)
    """
    if not 0.5 <= threshold <= 1:
        raise ValueError(f"match_instances's threshold is from 0.5 to 1, and received {threshold!r}")
    one, other = as_masks(predicted, truth)
    if one.ndim not in (2, 3):
        raise ValueError(f"match_instances takes (height, width) or (batch, height, width), and received {one.shape}")
    images = one.reshape(-1, *one.shape[-2:]), other.reshape(-1, *one.shape[-2:])
    found = [_match(*pair, threshold) for pair in zip(*images, strict=True)]
    return InstanceMatch(
        pairs=np.array([(image, *pair) for image, (pairs, *_) in enumerate(found) for pair in pairs], int).reshape(
            -1, 3
        ),
        iou=np.concatenate([ious for _, ious, _, _ in found]),
        predicted=sum(count for *_, count, _ in found),
        present=sum(count for *_, count in found),
    )


def _match(predicted: np.ndarray, truth: np.ndarray, threshold: float) -> tuple[np.ndarray, np.ndarray, int, int]:
    """Numbers of the cells that match, their IoU, and how many cells there are in both masks."""
    areas, true_areas = (
        dict(zip(*np.unique(mask[mask > 0], return_counts=True), strict=True)) for mask in (predicted, truth)
    )
    overlap = (predicted > 0) & (truth > 0)
    pairs, common = np.unique(
        np.stack([predicted[overlap], truth[overlap]]).astype("int64"), axis=1, return_counts=True
    )
    union = np.array([areas[one] + true_areas[other] for one, other in pairs.T], int) - common
    good = np.flatnonzero(common / union >= threshold)
    # The first alone of each predicted and each true cell: two of one cell are possible at 0.5 exactly.
    for side in (0, 1):
        good = good[np.sort(np.unique(pairs[side, good], return_index=True)[1])]
    return pairs[:, good].T, common[good] / union[good], len(areas), len(true_areas)
