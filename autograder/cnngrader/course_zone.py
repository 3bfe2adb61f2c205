"""course.toml, beside solutions/: what holds for all of a course."""

from pathlib import Path
from zoneinfo import ZoneInfo

from cnngrader.errors import AuthorError
from cnngrader.read_toml import read_toml
from cnngrader.when import zone_named

COURSE_FILE = "course.toml"


def course_zone(root: Path) -> ZoneInfo | None:
    """The zone in which the course's people live, `zone = "Europe/Berlin"`; None where that is not told.

    Raises AuthorError for one that does not exist.
    """
    path = root / COURSE_FILE
    settings = read_toml(path) if path.exists() else {}
    if unknown := settings.keys() - {"zone"}:
        raise AuthorError(f"{path}: unknown key {min(unknown)!r}; there is zone")
    if "zone" not in settings:
        return None
    try:
        return zone_named(str(settings["zone"]))
    except ValueError as error:
        raise AuthorError(f'{path}: {error} A zone is a name as zone = "Europe/Berlin"') from None
