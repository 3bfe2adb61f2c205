"""One instant, however it is written."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from nbgrader.utils import parse_utc

from cnngrader.when import from_nbgrader, how_late, on_clocks, parse, to_nbgrader, written, yet_to_come, zone_named

DUE = datetime(2026, 3, 8, 23, 0, tzinfo=UTC)
BERLIN = zone_named("Europe/Berlin")
INSTANT = datetime(2026, 3, 8, 22, 50, tzinfo=UTC)


@pytest.fixture(params=["UTC", "Europe/Berlin", "America/New_York"])
def machine(request, monkeypatch):
    """This machine's zone, which has no say."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(
    "said",
    [
        "2026-03-08 22:50:00 UTC",
        "2026-03-08 22:50:00.000000 UTC",
        "2026-03-08 22:50",
        "2026-03-08 23:50 CET",
        "2026-03-09 00:50 CEST",
        "2026-03-08 17:50 EST",
        "2026-03-08 18:50 EDT",
        "2026-03-08 23:50:00 Europe/Berlin",
        "2026-03-08 23:50:00 +0100",
        "2026-03-08T22:50:00Z",
        "2026-03-08T23:50:00+01:00",
        "2026-03-08T23:50+01:00[Europe/Berlin]",
        "20260308T225000Z",
        "20260308225000000",
        "20260308225000",
        "2026-03-08-22-50-00",
        "1773010200",
        "1773010200.0",
        "1773010200000",
        "Sun, 08 Mar 2026 23:50:00 +0100",
        "Sun Mar  8 23:50:00 CET 2026",
        "Sun Mar 8 23:50:00 2026 +0100",
        "Sun Mar 08 2026 23:50:00 GMT+0100 (Central European Standard Time)",
        "Sunday, March 8, 2026 11:50:00 PM CET",
        "March 8, 2026 at 11:50\u202fPM CET",
        "2026-03-08 23:50:00 GMT+1",
        " 2026-03-08  22:50:00 UTC\r\n",
    ],
)
def test_a_stamp_is_one_instant(said):
    assert parse(said, BERLIN) == INSTANT


@pytest.mark.parametrize(
    ("said", "instant"),
    [
        ("2026-03-08 24:00 UTC", datetime(2026, 3, 9, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2026-03-08", datetime(2026, 3, 8, tzinfo=UTC)),
        ("2026-03-08 12:10 AM", datetime(2026, 3, 8, 0, 10, tzinfo=UTC)),
        ("2026-07-08 12:00 BST", datetime(2026, 7, 8, 11, tzinfo=UTC)),
        ("2026-07-08 12:00 CST", datetime(2026, 7, 8, 18, tzinfo=UTC)),
    ],
)
def test_the_edge_of_a_day_and_of_a_zone(said, instant):
    assert parse(said) == instant


def test_an_abbreviation_is_what_it_is_in_the_course_s_zone():
    assert parse("2026-07-08 12:00 CST", zone_named("Asia/Shanghai")) == datetime(2026, 7, 8, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "tomorrow",
        "10",
        "23:50 CET",
        "08.03.2026 23:50",
        "03/08/2026 11:50 PM",
        "2026-02-30 10:00",
        "2026-03-08 25:00",
        "2026-03-08 13:00 PM",
        "2026-03-08 23:50 XYZ",
        "2026-03-08 23:50 Europe/Paris_",
        "2026-03-08 23:50 ../../etc/passwd",
        "2026-03-08 23:50 +99:00",
        "0001-01-01 00:00 +0500",
        "9999-12-31 24:00",
        "1970-01-01 00:00:00 UTC",
        "٢٠٢٦-03-08 23:50",
        "9" * 5000,
        "a-" * 50_000,
    ],
)
def test_what_tells_no_instant_is_none(said):
    with pytest.raises(ValueError):  # noqa: PT011
        parse(said, BERLIN)


@pytest.mark.parametrize("time", [INSTANT, INSTANT.replace(microsecond=120_000), INSTANT.astimezone(BERLIN)])
def test_what_is_written_nbgrader_reads_alike(time):
    assert from_nbgrader(parse_utc(written(time))) == parse(written(time)) == time.replace(microsecond=0)
    assert from_nbgrader(to_nbgrader(time)) == time


@pytest.mark.parametrize(("name", "meant"), [("Berlin", "; is Europe/Berlin meant?"), ("europe/berlin", "Europe/Ber")])
def test_a_zone_that_does_not_exist_is_named_with_the_one_that_may_be_meant(name, meant):
    with pytest.raises(ValueError, match=f"there is no zone '{name}'") as error:
        zone_named(name)
    assert meant in str(error.value)


@pytest.mark.parametrize(("day", "hour", "words"), [(29, 2, "skip it"), (25, 2, "tell it twice")])
def test_a_time_that_clocks_skip_or_tell_twice_is_refused(day, hour, words):
    with pytest.raises(ValueError, match=words):
        on_clocks(datetime(2026, 3 if day == 29 else 10, day, hour, 30), BERLIN)
    assert on_clocks(datetime(2026, 3, day, 23, 30), BERLIN).tzname() == ("CEST" if day == 29 else "CET")


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (timedelta(days=-3), ""),
        (timedelta(0), ""),
        (timedelta(seconds=1), "1 min late"),
        (timedelta(hours=2), "2 h late"),
        (timedelta(days=2, minutes=3), "2 days 3 min late"),
    ],
)
def test_lateness_in_words(late, words):
    assert how_late((DUE + late).astimezone(timezone(timedelta(hours=-8))), DUE) == words


def test_what_is_yet_to_come_is_told():
    now = datetime.now(UTC)
    assert yet_to_come(now) == ""
    assert "yet to come" in yet_to_come(now + timedelta(days=1))
