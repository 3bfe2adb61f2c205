"""Which inputs the tests draw: those of a submission are its own, and the same for as long as it is the same."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


def draw_of(secret: str, assignment: str, student: str, notebook: bytes, files: Mapping[str, bytes]) -> str:
    """What a submission's inputs are drawn of: nobody can tell it without the course's secret, and nothing of the
    secret can be told from it.

    files: {name: content} of what was handed in beside the notebook.
    """
    digest = hmac.new(secret.encode(), digestmod="sha256")
    names = (part for name in sorted(files) for part in (name, files[name]))
    for part in (assignment, student, notebook, *names):
        data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogateescape")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def further_draws(draw: str, count: int) -> tuple[str, ...]:
    """So many others."""
    return tuple(_digest(draw, f"draw {number}").hex() for number in range(count))


@dataclass(frozen=True)
class TestDraw:
    """The generator of what a test draws."""

    draw: str
    test: str
    rng: np.random.Generator = field(init=False)

    __test__ = False  # pytest would take the name for a test class

    def __post_init__(self) -> None:
        object.__setattr__(self, "rng", self._unused())

    @property
    def used(self) -> bool:
        """Whether anything was drawn. What a test does without that, it does with every draw."""
        now, before = self.rng.bit_generator, self._unused().bit_generator
        return bool(now.state != before.state or now.seed_seq.n_children_spawned)  # type: ignore[attr-defined]

    def _unused(self) -> np.random.Generator:
        return np.random.default_rng(int.from_bytes(_digest(self.draw, self.test), "big"))


def _digest(draw: str, text: str) -> bytes:
    return hmac.digest(draw.encode(), text.encode(), "sha256")
