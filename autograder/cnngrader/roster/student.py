"""A student of the roster."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from cnngrader.ids import student_id
from cnngrader.when import on_clocks, parse

EXTENSION = "extension"
EXTENSION_EXAMPLE = "2026-03-15 23:59"
AUDIENCE = "audience"

_UNTIL = re.compile(
    r"(?:(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)|(?P<d>\d\d?)\.(?P<m>\d\d?)\.(?P<y>\d{4}))"
    r"(?:[T ] ?(?P<hour>\d\d?):(?P<minute>\d\d)(?::\d\d)?)?"
)
_ZONED = re.compile(r".*(?:[zZ]|UTC|[+-]\d\d:?\d\d)")


@dataclass(frozen=True)
class Student:
    """id: as their folder is called. name: `Lovelace, Ada`, where that is known, else as it was told.

    login: what they type to enter, number: the university's. canvas, moodle: the platform's own number; Moodle's is
    another for each assignment. group: its name. others: {heading: text} of all further columns, extensions with them.
    """

    id: str
    name: str = ""
    email: str = ""
    login: str = ""
    number: str = ""
    canvas: str = ""
    moodle: str = ""
    group: str = ""
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def first_name(self) -> str:
        return self._names()[0]

    @property
    def last_name(self) -> str:
        return self._names()[1]

    @property
    def called(self) -> str:
        """As one is called: `Ada Lovelace`; "" where no name is known."""
        return " ".join(part for part in self._names() if part)

    @property
    def shown(self) -> str:
        return f"{self.called} ({self.id})" if self.called else self.id

    @property
    def group_id(self) -> str:
        """As the group's folder is called; "" where there is none."""
        return student_id(self.group) if self.group.strip() else ""

    def known_as(self) -> set[str]:
        """What nobody else is called, in small letters."""
        return {one.casefold() for one in (self.id, self.login, self.number, self.email) if one}

    def audiences(self) -> frozenset[str]:
        """What the column `audience` says, and the group's name, in small letters."""
        said = [text for heading, text in self.others.items() if heading.strip().casefold() == AUDIENCE]
        names = [self.group, *re.split("[,;]", ",".join(said))]
        return frozenset(name.strip().casefold() for name in names if name.strip())

    def extended_until(self, assignment: str, zone: tzinfo | None) -> datetime | None:
        """To when they may hand in an assignment: as its own column says, else the one for all. zone: in which a time
        without one is told. Raises ValueError for what is no time."""
        own = {heading_of(heading): text for heading, text in self.others.items()}
        said = own.get((EXTENSION, assignment)) or own.get((EXTENSION, ""))
        return read_until(said, zone) if said else None

    def _names(self) -> tuple[str, str]:
        last, comma, first = self.name.partition(",")
        if not comma:
            first, _, last = self.name.rpartition(" ")
        return first.strip(), last.strip()


def last_first(last: str, first: str) -> str:
    """`Lovelace, Ada`, of what is known of it."""
    return f"{last}, {first}".strip(" ,")


def heading_of(heading: str) -> tuple[str, str] | None:
    """("extension", assignment) of a column of extensions, "" being all assignments; None for another."""
    words = heading.strip().split()
    if not words or words[0].casefold() != EXTENSION:
        return None
    words = words[2:] if words[1:2] and words[1].casefold() == "until" else words[1:]
    return (EXTENSION, words[0]) if len(words) == 1 else (EXTENSION, "") if not words else None


def read_until(said: str, zone: tzinfo | None) -> datetime:
    """A time on the clocks of a zone, None for this machine's; a day is all of it. Raises ValueError."""
    said = " ".join(said.split())
    if match := _UNTIL.fullmatch(said):
        year, month, day = (
            int(match[iso] or match[dotted]) for iso, dotted in (("year", "y"), ("month", "m"), ("day", "d"))
        )
        hour, minute = int(match["hour"] or 23), int(match["minute"] or 59)
        if hour == 24 and minute == 0:
            return read_until(f"{datetime(year, month, day) + timedelta(days=1):%Y-%m-%d} 0:00", zone)
        local = datetime(year, month, day, hour, minute, 0 if match["hour"] else 59)
        return on_clocks(local, zone) if zone else local.astimezone()
    if _ZONED.fullmatch(said):
        return parse(said, zone)
    raise ValueError("not a known form")


def letters(name: str) -> list[str]:
    """In any order, for one platform writes `Doe, Jane` here and `doejane` there; bytes that are no text count not."""
    composed = unicodedata.normalize("NFKC", name).casefold()
    return sorted(letter for letter in composed if unicodedata.category(letter)[0] in "LN")
