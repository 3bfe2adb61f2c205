"""What a layout answers: whose a file is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import PurePosixPath
from typing import NamedTuple

from cnngrader.collecting.handed_in import Member
from cnngrader.ids import student_id


class Owned(NamedTuple):
    """A file of a student. file: its path in their submission, as it will be called.

    student: their folder's name; "" where nothing tells whose it is. given: their name as handed in.
    time: when it was handed in, where that is known. late: whether the platform says so. number: grows
    from a hand-in to the next, where there is no time. attempt: which hand-in of theirs it belongs to,
    where the layout keeps them apart. exact: whether it had its name from the beginning. stamped:
    whether nbgrader laid it down, whose timestamp.txt tells the time; a student's own tells nothing.
    void: why it is not to be collected, such as "a link".
    """

    student: str
    given: str
    file: str
    content: bytes
    time: datetime | None = None
    late: bool = False
    number: int = 0
    attempt: str = ""
    exact: bool = True
    stamped: bool = False
    void: str = ""

    @property
    def rank(self) -> tuple[float, int]:
        """The larger, the later."""
        return (self.time.timestamp() if self.time else 0.0, self.number)

    def as_named(self, id: str) -> "Owned":
        """With the notebook under the assignment's name, where a student or a platform has added to it."""
        if self.void or not is_notebook(self.file):
            return self._replace(exact=False)
        wanted, file = f"{id}.ipynb", f"{self.file[: -len('.ipynb')]}.ipynb"
        if id.lower() in file.lower() and "/" not in file:
            return self._replace(file=wanted, exact=self.exact and self.file == wanted)
        return self._replace(file=file, exact=False)


@dataclass
class HandIn:
    """All that is collected at once.

    repositories: the folders that are Git repositories, and when each was last changed. slug: what
    GitHub Classroom calls the assignment, where it is known. others: the course's other assignments.
    zone: the course's. pattern: of the paths, with a group `student`, where a TA told one.
    """

    entries: list[Member]
    id: str
    repositories: Mapping[str, datetime] = field(default_factory=dict)
    slug: str = ""
    others: Collection[str] = ()
    zone: tzinfo | None = None
    pattern: str = ""


class Layout:
    """How one platform names files. All are asked in turn, and the first that answers is believed."""

    def __init__(self, hand_in: HandIn) -> None:
        self.hand_in = hand_in

    def owners(self, entry: Member) -> list[Owned] | None:
        """The file as its student's, once for each of a group; none where it is nobody's work; None where it is not
        named as in this layout."""
        raise NotImplementedError


def owned(given: str, file: str, entry: Member) -> Owned:
    return Owned(student_id(given), given, file, entry.content, entry.time, void=entry.void)


def local_time(said: str, form: str, zone: tzinfo | None) -> datetime | None:
    """A time on the course's clocks, None for this machine's, as an instant; None where it is no time."""
    try:
        local = datetime.strptime(said, form)
        return (local.replace(tzinfo=zone) if zone else local).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def paths(entries: list[Member]) -> list[tuple[str, ...]]:
    return [PurePosixPath(entry.name).parts for entry in entries if not entry.void]


def is_notebook(name: str) -> bool:
    return name.lower().endswith(".ipynb")
