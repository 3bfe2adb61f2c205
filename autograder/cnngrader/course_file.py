"""course.toml, beside solutions/: what holds for all of a course."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cnngrader.attempt_rule import AttemptRule, rule_named
from cnngrader.declared import fault, read_declared
from cnngrader.when import zone_named

COURSE_FILE = "course.toml"


@dataclass(frozen=True)
class Students:
    """Where students get things. cnnkit: what pip installs, a name or a wheel's address. assignments: the address of a
    zip of assignments/; "" where there is none. packages: what they have beside what cnnkit brings, as it is imported.
    """

    cnnkit: str = "cnnkit"
    assignments: str = ""
    packages: tuple[str, ...] = ()


@dataclass(frozen=True)
class CourseFile:
    """zone: in which the course's people live. late, attempts: what is said of handing in later, and which of several
    attempts counts, where an assignment says nothing else."""

    zone: str | None = None
    late: str = ""
    attempts: str = AttemptRule.LAST
    students: Students = field(default_factory=Students)


def read_course_file(root: Path) -> CourseFile:
    """Of a course that has none what is usual. Raises AuthorError for what cannot be."""
    path = root / COURSE_FILE
    read = read_declared(path, CourseFile) if path.exists() else CourseFile()
    address = urlsplit(read.students.assignments)
    if read.students.assignments and (address.scheme not in ("http", "https") or not address.netloc):
        words = f'is {read.students.assignments!r}; an address is as assignments = "https://example.org/course.zip"'
        raise fault(path, ("students", "assignments"), words)
    if path.exists():
        rule_named(path, read.attempts)
    return read


def course_zone(root: Path) -> ZoneInfo | None:
    """The zone in which the course's people live, `zone = "Europe/Berlin"`; None where that is not told.

    Raises AuthorError for one that does not exist.
    """
    zone = read_course_file(root).zone
    try:
        return zone_named(zone) if zone is not None else None
    except ValueError as error:
        words = f'is {zone!r}: {error} A zone is a name as zone = "Europe/Berlin"'
        raise fault(root / COURSE_FILE, ("zone",), words) from None
