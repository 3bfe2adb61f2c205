"""One attack: a submission, why somebody would hand it in, and what must come of it."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import jupytext
import msgspec
import nbformat

ATTACKS = Path(__file__).with_name("attacks")
FAMILIES = ("forging", "reading", "breaking", "leaving", "documents", "looking_up")
RIGHT = "def window_mean(window):\n    return np.mean(window)"
ANSWER = "answer-window-mean"
_HEADER = re.compile(r"((?:#.*\n)*?)# /// attack\n((?:#.*\n)*?)# ///\n", re.MULTILINE)


class Due(msgspec.Struct, forbid_unknown_fields=True):
    """The table in an attack's file.

    layers: that stop it. score: by tests, or those that are honest where the clock decides. status: likewise.
    line: a pattern of what staff are told of it; "" where it did nothing that had to be told.
    student: its id, where that is part of the attack. again: whether it is graded twice.
    quick: whether it is in the fast part.
    """

    layers: list[str]
    score: float | list[float] = 3.0
    status: list[str] = msgspec.field(default_factory=lambda: ["graded"])
    line: str = ""
    student: str = ""
    again: bool = False
    quick: bool = False

    @property
    def scores(self) -> list[float]:
        return self.score if isinstance(self.score, list) else [self.score]


@dataclass
class HandIn:
    """What a student hands in. data: the notebook's bytes, files and links: beside it."""

    data: bytes
    files: dict[str, bytes] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Attack:
    """cells: [(kind, source)] of its file: "answer" replaces the notebook's answer, "hand_in" is run by the suite
    on the notebook before it is handed in, and what has no name is a cell at the notebook's end."""

    family: str
    name: str
    story: str
    due: Due
    cells: tuple[tuple[str, str], ...]

    @property
    def student(self) -> str:
        return self.due.student or f"{self.family}-{self.name}"

    def hand_in(self, release: bytes, places: Mapping[str, str]) -> HandIn:
        """places: what stands for @NAME@ in its sources."""
        notebook = nbformat.reads(release.decode(), as_version=4)
        answers = {cell.id: cell for cell in notebook.cells}
        answers[ANSWER].source = RIGHT
        made = {"notebook": notebook, "data": b"", "files": {}, "links": {}}
        prepare = []
        for kind, source in self.cells:
            source = re.sub("@([A-Z]+)@", lambda found: places[found[1]], source)
            if kind == "answer":
                answers[ANSWER].source = source
            elif kind == "hand_in":
                prepare.append(source)
            else:
                notebook.cells.append(nbformat.v4.new_code_cell(source))
        for source in prepare:
            exec(source, made)
        data = made["data"] or nbformat.writes(notebook, version=nbformat.NO_CONVERT).encode("utf-8", "surrogatepass")
        return HandIn(data, made["files"], made["links"])


def read_attack(path: Path) -> Attack:
    """Raises ValueError where the file has no such table, or one with another key."""
    text = path.read_text(encoding="utf-8")
    header = _HEADER.match(text)
    if not header:
        raise ValueError(f"{path} does not begin with its story and a table between `# /// attack` and `# ///`")
    story, table = (re.sub("^# ?", "", part, flags=re.MULTILINE).strip() for part in header.groups())
    due = msgspec.convert(tomllib.loads(table), Due)
    cells = jupytext.reads(text[header.end() :], "py:percent").cells
    name = path.name.removesuffix(".py.txt")
    kinds = ((cell.metadata.get("title") or "", cell.source) for cell in cells if cell.source)
    return Attack(path.parent.name, name, " ".join(story.split()), due, tuple(kinds))


def attacks() -> Iterator[Attack]:
    for family in FAMILIES:
        for path in sorted((ATTACKS / family).glob("*.py.txt")):
            yield read_attack(path)
