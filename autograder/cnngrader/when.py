"""Time: what a stamp says, what clocks of a zone tell, how late something is, and what nbgrader keeps of it.

Every time in the program is an instant, in UTC; a zone is asked only where somebody's clock was, or is to be, read.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

EXAMPLE = "2026-03-09 00:10:00 UTC"
FIRST_YEAR = 1981  # 1970 and 1980 are what is written where no time is known

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = "(?P<month>(?:{})[a-z]*)".format("|".join(_MONTHS))
_WEEKDAY = "(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?"
_CLOCK = r"(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?(?: ?(?P<half>[ap])m)?"
_ZONE = (
    r"(?: ?(?:gmt|utc)?(?P<offset>[+-]\d\d?(?::?\d\d)?)(?: ?[\[(][^])]*[\])])?"  # with a name that says no more
    r"| ?(?P<abbreviation>[a-z]{1,5})| ?\[?(?P<name>[a-z]\w+(?:/[\w+-]+)+)\]?)?"
)
_FORMS = [
    re.compile(form, re.ASCII | re.IGNORECASE)
    for form in (
        rf"(?P<year>\d{{4}})([-/])(?P<month>\d\d?)\2(?P<day>\d\d?)(?:(?:t|,? ){_CLOCK}{_ZONE})?",  # ISO, nbgrader
        # Sakai, and ISO without signs; Blackboard
        rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d)T?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)"
        rf"(?P<fraction>\d{{3}})?{_ZONE}",
        r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)-(?P<hour>\d\d)-(?P<minute>\d\d)-(?P<second>\d\d)",
        rf"{_WEEKDAY}(?P<day>\d\d?)[ -]{_MONTH}[ -](?P<year>\d{{4}}),? {_CLOCK}{_ZONE}",  # mails
        rf"{_WEEKDAY}{_MONTH} (?P<day>\d\d?),? (?P<year>\d{{4}}),? (?:at )?{_CLOCK}{_ZONE}",  # Americans, JavaScript
        rf"{_WEEKDAY}{_MONTH} (?P<day>\d\d?) {_CLOCK}{_ZONE} (?P<year>\d{{4}})",  # date
        rf"{_WEEKDAY}{_MONTH} (?P<day>\d\d?) {_CLOCK} (?P<year>\d{{4}}){_ZONE}",  # Git
    )
]
# For the abbreviations that people write, the likelier first: CST is America's, unless the course's zone has it.
_KNOWN_ZONES = """UTC Europe/Berlin Europe/London Europe/Lisbon Europe/Athens Europe/Moscow America/New_York
America/Chicago America/Denver America/Los_Angeles America/Anchorage Pacific/Honolulu America/Halifax Asia/Tokyo
Asia/Seoul Asia/Kolkata Australia/Sydney Australia/Adelaide Australia/Perth Pacific/Auckland""".split()


def parse(said: str, zone: tzinfo | None = None) -> datetime:
    """The instant of a stamp, in UTC; one without a zone is in UTC, as nbgrader has it.

    Understood are ISO 8601, nbgrader's, Sakai's 20260308235900000, those of Blackboard, mails, Git and `date`, and
    seconds or milliseconds since 1970; a zone as an offset, a name or an abbreviation. zone: the course's, which is
    asked first what an abbreviation means. Raises ValueError for anything else.

    >>> parse("2026-03-08 18:30 EST"), parse("20260308233000000"), parse("2026-03-09T00:30+01:00").minute
    (datetime.datetime(2026, 3, 8, 23, 30, tzinfo=datetime.timezone.utc), \
datetime.datetime(2026, 3, 8, 23, 30, tzinfo=datetime.timezone.utc), 30)
    """
    text = " ".join(unicodedata.normalize("NFKC", said).split())
    if epoch := re.fullmatch(r"(\d{10})(\.\d{1,9})?|(\d{13})", text, re.ASCII):
        return _plausible(datetime.fromtimestamp(int(epoch[3]) / 1000 if epoch[3] else float(text), UTC))
    for form in _FORMS:
        if match := form.fullmatch(text):
            parts = match.groupdict()
            try:
                local = _local(parts)
                return _plausible((local - _offset(parts, local, zone)).replace(tzinfo=UTC))
            except OverflowError:
                raise ValueError("out of range") from None
    raise ValueError("not a known form")


def written(time: datetime) -> str:
    """An instant as a stamp that nbgrader reads as `parse` does.

    >>> written(datetime(2026, 3, 9, 1, 10, tzinfo=ZoneInfo("Europe/Berlin")))
    '2026-03-09 00:10:00 UTC'
    """
    return f"{to_nbgrader(time).isoformat(' ', 'seconds')} UTC"


def to_nbgrader(time: datetime) -> datetime:
    """As nbgrader's tables hold it: in UTC, without saying so."""
    return time.astimezone(UTC).replace(tzinfo=None)


def from_nbgrader(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC)


def zone_named(name: str) -> ZoneInfo:
    """Raises ValueError for a name that the tz database does not have, with one that may be meant."""
    known = _zone_names()
    if name not in known:
        meant = [other for other in known if other.lower().endswith(name.lower())] if name else []
        raise ValueError(f"there is no zone {name!r}" + (f"; is {min(meant)} meant?" if meant else ""))
    return ZoneInfo(name)


def on_clocks(local: datetime, zone: tzinfo) -> datetime:
    """The instant at which clocks in a zone tell a time. Raises ValueError where they do so twice, or never."""
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        raise ValueError(f"clocks in {zone} skip it")
    raise ValueError(f"clocks in {zone} tell it twice: write which of the two, {first} or {second}")


def at(time: datetime, zone: tzinfo | None) -> str:
    """The minute in a zone, None for this machine's.

    >>> at(datetime(2026, 3, 8, 23, 0, 59, tzinfo=UTC), UTC)
    '2026-03-08 23:00 UTC'
    """
    return f"{time.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def yet_to_come(time: datetime) -> str:
    """A note on a time that lies before us, by more than clocks differ; "" elsewhere."""
    return f"its time, {written(time)}, is yet to come" if time > datetime.now(UTC) + timedelta(minutes=10) else ""


def how_late(time: datetime, due: datetime) -> str:
    """The lateness in words, to the minute that has begun; "" where it is none. A day has 24 hours, as for nbgrader.

    >>> due = datetime(2026, 3, 8, 23, 0, tzinfo=UTC)
    >>> how_late(due, due), how_late(due + timedelta(days=1, hours=2, seconds=5), due)
    ('', '1 day 2 h 1 min late')
    """
    minutes = -(-(time - due) // timedelta(minutes=1))
    if minutes <= 0:
        return ""
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{days} day{'s' * (days > 1)}" if days else "", f"{hours} h" if hours else "", f"{minutes} min"]
    return " ".join(part for part in parts if part and part != "0 min") + " late"


def _local(parts: dict[str, str | None]) -> datetime:
    """The time of a stamp's clock. 24:00 is the next day's 0:00, and a leap second the next minute's first."""
    year, day, hour, minute, second = (int(parts.get(unit) or 0) for unit in "year day hour minute second".split())
    said = parts["month"] or ""
    month = int(said) if said.isdigit() else _MONTHS.index(said[:3].lower()) + 1
    if half := parts.get("half"):
        if not 1 <= hour <= 12:
            raise ValueError(f"{hour} o'clock has no AM and PM")
        hour = hour % 12 + 12 * (half.lower() == "p")
    midnight, leap = (hour, minute, second) == (24, 0, 0), second == 60
    micro = int((parts.get("fraction") or "0").ljust(6, "0")[:6])
    local = datetime(year, month, day, 0 if midnight else hour, minute, 59 if leap else second, micro)
    return local + timedelta(days=int(midnight), seconds=int(leap))


def _offset(parts: dict[str, str | None], local: datetime, zone: tzinfo | None) -> timedelta:
    if offset := parts.get("offset"):
        sign, digits = offset[0], offset[1:].replace(":", "")
        hours, minutes = int(digits[:-2] if len(digits) > 2 else digits), int(digits[-2:] if len(digits) > 2 else 0)
        if hours > 23 or minutes > 59:
            raise ValueError(f"no offset is {offset}")
        return timedelta(hours=hours, minutes=minutes) * (-1 if sign == "-" else 1)
    if name := parts.get("name"):
        return local.replace(tzinfo=zone_named(name)).utcoffset() or timedelta()
    said = (parts.get("abbreviation") or "UTC").upper()
    said = "UTC" if said in ("Z", "GMT", "UT") else said
    for offsets in ([_abbreviations(zone, local.year)] if zone else []) + _known_abbreviations(local.year):
        if said in offsets:
            return offsets[said]
    raise ValueError(f"{said} is no known zone")


@cache
def _zone_names() -> set[str]:
    return available_timezones()


@cache
def _known_abbreviations(year: int) -> list[dict[str, timedelta]]:
    return [_abbreviations(ZoneInfo(name), year) for name in _KNOWN_ZONES]


def _abbreviations(zone: tzinfo, year: int) -> dict[str, timedelta]:
    """{abbreviation: offset}, of the months of a year."""
    months = [datetime(year, month, 1, tzinfo=zone) for month in range(1, 13)]
    return {month.tzname() or "": month.utcoffset() or timedelta() for month in months}


def _plausible(time: datetime) -> datetime:
    if time.year < FIRST_YEAR:
        raise ValueError(f"before {FIRST_YEAR}")
    return time
