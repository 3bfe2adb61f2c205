"""An assignment's files, as its author laid them down."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from cnngrader.attempt_rule import AttemptRule, rule_named
from cnngrader.course_file import COURSE_FILE, Students, course_zone, read_course_file
from cnngrader.declared import fault, read_declared
from cnngrader.errors import AuthorError
from cnngrader.files import read_content
from cnngrader.rubric_item import RubricItem, refuse_unclear
from cnngrader.sandbox.limits import Limits
from cnngrader.when import on_clocks

_OF_IDS = r"[\w-]"


@dataclass(frozen=True)
class Settings:
    """assignment.toml, as `Assignment` explains it."""

    title: str | None = None
    due: datetime | None = None
    late: str = ""
    attempts: str | None = None
    files: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    groups: bool = False
    audience: dict[str, tuple[str, ...]] = field(default_factory=dict)
    item: tuple[RubricItem, ...] = ()


@dataclass(frozen=True)
class Assignment:
    """One of solutions/<id>/, with its rubric.

    files: what students get beside the notebook, from solutions/<id>/files/.
    datasets: of `cnnkit.datasets`, that the notebook loads and its kernel may read.
    due: when it has to be handed in; None where it may be at any time.
    late: a sentence for students on what happens after that.
    attempts: which of several counts.
    students: where they get things.
    groups: whether those of one group in the roster hand in one notebook.
    audience: {some students, as the roster calls them: checks and written questions that count for them alone}.
    items: what written answers get points for, in the order in which graders see them.
    """

    id: str
    folder: Path
    rubric: Path
    title: str
    files: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    due: datetime | None = None
    late: str = ""
    attempts: AttemptRule = AttemptRule.LAST
    students: Students = field(default_factory=Students)
    groups: bool = False
    audience: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    items: tuple[RubricItem, ...] = ()

    @property
    def settings(self) -> Path:
        return self.folder / "assignment.toml"

    @property
    def source(self) -> Path:
        return self.folder / f"{self.id}.py"

    @property
    def mutants(self) -> Path:
        return self.folder / "mutants.toml"

    @property
    def alternatives(self) -> Path:
        return self.folder / "alternatives.toml"

    @property
    def variant(self) -> Path:
        """Of an assignment in which each student has files of their own."""
        return self.folder / "variant.py"

    def about(self) -> dict[str, Any]:
        """What a student's preview and update need to know."""
        always, usual = {"cell_seconds", "total_seconds", "memory_mb"}, Limits().asdict()
        limits = {name: n for name, n in self.limits.asdict().items() if name in always or n != usual[name]}
        about = {"title": self.title, "limits": limits, "datasets": list(self.datasets)}
        return about | ({"assignments": self.students.assignments} if self.students.assignments else {})

    def attached(self) -> dict[str, bytes]:
        """{name: content} of the files beside the notebook. Raises AuthorError for one missing."""
        contents = {}
        for name in self.files:
            path = self.folder / "files" / name
            if not path.is_file():
                raise AuthorError(f"{self.settings}: files names {name!r}, and {path} does not exist")
            contents[name] = read_content(path)
        return contents


def holds_assignments(folder: Path) -> bool:
    """Whether it is the root of a course of the kit's."""
    return (folder / "solutions").is_dir() and (folder / "autograder" / "rubrics").is_dir()


def find_ids(root: Path) -> list[str]:
    return sorted(path.parent.name for path in (root / "solutions").glob("*/assignment.toml"))


def paths_of(root: Path, id: str) -> tuple[Path, Path]:
    """(folder of the notebook's source and what lies beside it, file of the rubric)."""
    return root / "solutions" / id, root / "autograder" / "rubrics" / f"test_{id}.py"


def load_assignment(root: Path, id: str) -> Assignment:
    """Read solutions/<id>/assignment.toml. Raises AuthorError, naming file and key."""
    if strange := re.sub(_OF_IDS, "", id):
        better = re.sub(rf"(?!{_OF_IDS}).", "_", id).strip("_")
        raise AuthorError(
            f"{paths_of(root, id)[0]}: an id has letters, digits, _ and - alone, and {id!r} has {strange[0]!r}. "
            f"Call it {better!r}, and its files"
        )
    folder, rubric = paths_of(root, id)
    for path in (folder / f"{id}.py", folder / "assignment.toml", rubric):
        if not path.is_file():
            raise AuthorError(f"assignment {id!r}: {path} does not exist. `cnnkit new {id}` makes a first one.")
    path = folder / "assignment.toml"
    settings = read_declared(path, Settings)
    for name in settings.files:
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise fault(path, ("files",), f"names {name!r}, which is not in files/")
    for name, value in settings.limits.asdict().items():
        if not value > 0:
            raise fault(path, ("limits", name), f"is {value!r}, and must be a number above 0")
    refuse_unclear(path, settings.item)
    course = read_course_file(root)
    return Assignment(
        id=id,
        folder=folder,
        rubric=rubric,
        title=settings.title or id,
        files=settings.files,
        datasets=settings.datasets,
        limits=settings.limits,
        due=settings.due and _due(path, settings.due, course_zone(root)),
        late=settings.late or course.late,
        attempts=rule_named(path, settings.attempts) if settings.attempts is not None else AttemptRule(course.attempts),
        students=course.students,
        groups=settings.groups,
        audience=settings.audience,
        items=settings.item,
    )


def _due(path: Path, due: datetime, zone: tzinfo | None) -> datetime:
    """zone: the course's, on whose clocks a time without an offset is."""
    if due.tzinfo:
        return due
    if zone is None:
        needs = "a time with its offset, 2026-03-08 23:59:00+01:00, or without where the zone is in"
        raise fault(path, ("due",), f"is {due!s}, and must be {needs} {COURSE_FILE}")
    try:
        return on_clocks(due, zone)
    except ValueError as error:
        raise fault(path, ("due",), f"is {due!s}, and {error}") from None
