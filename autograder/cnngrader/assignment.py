"""An assignment's files, as its author laid them down."""

from dataclasses import dataclass, field, fields
from datetime import datetime, tzinfo
from pathlib import Path

from cnngrader.contents import read_content
from cnngrader.course_zone import COURSE_FILE, course_zone
from cnngrader.errors import AuthorError
from cnngrader.read_toml import read_toml
from cnngrader.sandbox.confine import Limits
from cnngrader.when import on_clocks

KEYS = {"title", "due", "files", "datasets", "limits"}


@dataclass(frozen=True)
class Assignment:
    """One of solutions/<id>/, with its rubric.

    files: what students get beside the notebook, from solutions/<id>/files/.
    datasets: of `cnnkit.datasets`, that the notebook loads and its kernel may read.
    due: when it has to be handed in; None where it may be at any time.
    """

    id: str
    folder: Path
    rubric: Path
    title: str
    files: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    due: datetime | None = None

    @property
    def source(self) -> Path:
        return self.folder / f"{self.id}.py"

    @property
    def mutants(self) -> Path:
        return self.folder / "mutants.toml"

    @property
    def alternatives(self) -> Path:
        return self.folder / "alternatives.toml"

    def attached(self) -> dict[str, bytes]:
        """{name: content} of the files beside the notebook. Raises AuthorError for one missing."""
        contents = {}
        for name in self.files:
            path = self.folder / "files" / name
            if not path.is_file():
                raise AuthorError(f"{self.folder / 'assignment.toml'}: files names {name!r}, and {path} does not exist")
            contents[name] = read_content(path)
        return contents


def load_assignment(root: Path, id: str) -> Assignment:
    """Read solutions/<id>/assignment.toml. Raises AuthorError, naming file and key."""
    folder, rubric = root / "solutions" / id, root / "autograder" / "rubrics" / f"test_{id}.py"
    for path in (folder / f"{id}.py", folder / "assignment.toml", rubric):
        if not path.is_file():
            raise AuthorError(f"assignment {id!r}: {path} does not exist. `cnnkit new {id}` makes a first one.")
    path = folder / "assignment.toml"
    data = read_toml(path)
    unknown = data.keys() - KEYS
    if unknown:
        raise AuthorError(f"{path}: unknown key {sorted(unknown)[0]!r}; there are {', '.join(sorted(KEYS))}")
    for key in ("files", "datasets"):
        value = data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise AuthorError(f"{path}: {key} is {value!r}, and must be a list of names")
    for name in data.get("files", []):
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise AuthorError(f"{path}: files names {name!r}, which is not in files/")
    due = _due(path, data["due"], course_zone(root)) if "due" in data else None
    if not isinstance(data.get("limits", {}), dict):
        raise AuthorError(f"{path}: limits is {data['limits']!r}, and must be a table [limits]")
    known = {f.name for f in fields(Limits)}
    for name, value in data.get("limits", {}).items():
        if name not in known:
            raise AuthorError(f"{path}: unknown limit {name!r}; there are {', '.join(sorted(known))}")
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            raise AuthorError(f"{path}: limit {name} is {value!r}, and must be a number above 0")
    return Assignment(
        id=id,
        folder=folder,
        rubric=rubric,
        title=str(data.get("title", id)),
        files=tuple(data.get("files", ())),
        datasets=tuple(data.get("datasets", ())),
        limits=Limits(**data.get("limits", {})),
        due=due,
    )


def _due(path: Path, due: object, zone: tzinfo | None) -> datetime:
    """zone: the course's, on whose clocks a time without an offset is."""
    if isinstance(due, datetime) and due.tzinfo:
        return due
    if not isinstance(due, datetime) or zone is None:
        needs = "a time with its offset, 2026-03-08 23:59:00+01:00, or without where the zone is in"
        raise AuthorError(f"{path}: due is {due!s}, and must be {needs} {COURSE_FILE}")
    try:
        return on_clocks(due, zone)
    except ValueError as error:
        raise AuthorError(f"{path}: due is {due!s}, and {error}") from None
