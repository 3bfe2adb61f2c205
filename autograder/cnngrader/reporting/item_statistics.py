"""How a class did at one thing that gives points, a check or a test."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

ENOUGH = 8  # students: what fewer did says nothing of the item
WRONG_WAY = -0.2


@dataclass(frozen=True)
class ItemStatistics:
    """students: of how many. full, none: shares of the students who earned all of its points and none. mean: share of
    its points that the class earned. discrimination: correlation of what students earned here with what they earned in
    all other items, from -1 to 1; None where there are too few of them, or all did alike.

    References:
        The corrected item-total correlation of classical test theory.
    """

    id: str
    title: str
    points: float
    students: int
    full: float
    none: float
    mean: float
    discrimination: float | None
    hidden: bool = False

    @property
    def lost(self) -> float:
        return self.points * (1 - self.mean)

    @property
    def doubt(self) -> str:
        """Why the item itself should be looked at; "" where nothing speaks against it."""
        if self.students >= ENOUGH and self.none == 1:
            return "nobody earned a point: is it the test, or the text?"
        if self.discrimination is not None and self.discrimination < WRONG_WAY:
            return "who did well elsewhere lost it more often: look at the test"
        return ""


def item_statistics(
    id: str, title: str, points: float, earned: Sequence[float], totals: Sequence[float], *, hidden: bool = False
) -> ItemStatistics:
    """Of what each student earned here, and in all."""
    here, all_ = np.asarray(earned, float), np.asarray(totals, float)
    shares = here / points if points else np.zeros_like(here)
    return ItemStatistics(
        id,
        title,
        points,
        students=len(here),
        full=float(np.mean(here >= points - 1e-9)),
        none=float(np.mean(here <= 1e-9)) if points else 0.0,
        mean=float(np.mean(shares)),
        discrimination=_correlation(here, all_ - here),
        hidden=hidden,
    )


def _correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    if len(one) < ENOUGH or np.ptp(one) < 1e-9 or np.ptp(other) < 1e-9:
        return None
    return float(np.corrcoef(one, other)[0, 1])
