from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cnnkit.check.due_date import DueDate

DUE = DueDate(datetime.fromisoformat("2026-03-08T23:59:00+01:00"), "10% a day.")


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (timedelta(days=2, hours=5), "2 days left"),
        (timedelta(hours=24), "1 day left"),
        (timedelta(hours=23, minutes=59), "23 hours left"),
        (timedelta(minutes=1), "1 minute left"),
        (timedelta(0), "less than a minute left"),
        (timedelta(seconds=-1), "less than a minute late"),
        (timedelta(hours=-3, minutes=-20), "3 hours late"),
    ],
)
def test_what_is_left_is_told_in_the_largest_unit(before, told):
    assert f"; {told}. " in DUE.tell(DUE.due - before)


def test_it_is_told_on_the_readers_clocks_and_with_another_years_year():
    now = datetime(2026, 3, 7, 12, tzinfo=ZoneInfo("America/New_York"))
    assert DUE.tell(now) == "due Sunday 8 March, 18:59 your time; 1 day left. Late: 10% a day."
    tokyo = datetime(2025, 12, 31, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert DUE.tell(tokyo).startswith("due Monday 9 March 2026, 07:59 your time")


def test_clocks_that_change_before_it_is_due_are_those_of_its_day():
    now = datetime(2026, 3, 27, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    assert (
        DueDate(datetime(2026, 3, 30, 10, tzinfo=UTC)).tell(now) == "due Monday 30 March, 12:00 your time; 2 days left"
    )
