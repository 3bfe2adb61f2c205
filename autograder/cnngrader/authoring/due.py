"""When an assignment has to be handed in, for nbgrader and for people."""

from datetime import UTC, datetime, timedelta, tzinfo

from cnngrader.assignment import Assignment
from cnngrader.course import Course


def enter_due(course: Course, assignment: Assignment) -> None:
    """Tell the gradebook, where there is one that knows the assignment: nbgrader counts late seconds
    from there, and its late penalties follow."""
    from nbgrader.api import MissingEntry

    from cnngrader.nbgrader_course import open_gradebook

    with open_gradebook(course) as book:
        try:
            entered = book.find_assignment(assignment.id)
        except MissingEntry:
            return
        entered.duedate = assignment.due.astimezone(UTC).replace(tzinfo=None) if assignment.due else None
        book.db.commit()


def at(time: datetime, zone: tzinfo | None) -> str:
    """The minute in a zone, None for this machine's.

    >>> at(datetime(2026, 3, 8, 23, 0, 59, tzinfo=UTC), UTC)
    '2026-03-08 23:00 UTC'
    """
    return f"{time.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def how_late(time: datetime, due: datetime) -> str:
    """The lateness in words, to the minute that has begun; "" where it is none.

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
