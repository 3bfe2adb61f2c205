"""course.toml, beside solutions/: what holds for all of a course."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from cnngrader.declared import fault, read_declared
from cnngrader.when import zone_named

COURSE_FILE = "course.toml"


@dataclass(frozen=True)
class Settings:
    """course.toml."""

    zone: str | None = None


def course_zone(root: Path) -> ZoneInfo | None:
    """The zone in which the course's people live, `zone = "Europe/Berlin"`; None where that is not told.

    Raises AuthorError for one that does not exist.
    """
    path = root / COURSE_FILE
    zone = read_declared(path, Settings).zone if path.exists() else None
    try:
        return zone_named(zone) if zone is not None else None
    except ValueError as error:
        raise fault(path, ("zone",), f'is {zone!r}: {error} A zone is a name as zone = "Europe/Berlin"') from None
