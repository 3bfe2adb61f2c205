"""What somebody handed in, as it is compared: cells of notebooks, and files of code."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """A cell, or a part of a file of code. file: its path in what was handed in. number: its place there, from 1.
    name: the answer's, "" where it has none."""

    file: str
    number: int
    name: str
    is_code: bool
    text: str


@dataclass(frozen=True)
class Work:
    """owner: the student, or where in another folder it lies."""

    owner: str
    pieces: Sequence[Piece]
