"""When something was handed in, and which of two is the later."""

import struct
import time
import zipfile
from datetime import UTC, datetime, timedelta, timezone

import pytest

from cnngrader.collecting.collect import collect
from cnngrader.collecting.conftest import kept, pack, submitted
from cnngrader.commands.main import main

EVENING = (2026, 3, 8, 23, 30, 0)
BERLIN = timezone(timedelta(hours=1))


def stamp(course, student):
    path = course.home / "submitted" / student / "pooling" / "timestamp.txt"
    return path.read_text() if path.exists() else None


@pytest.fixture
def due(course, monkeypatch):
    """Pooling is due at 23:59 in Berlin, and the tests are in its course."""
    settings = course.root / "solutions" / "pooling" / "assignment.toml"
    settings.write_text("due = 2026-03-08 23:59:00+01:00\n" + settings.read_text())
    monkeypatch.chdir(course.root)


@pytest.mark.parametrize(("zone", "utc"), [(BERLIN, "22:30"), (None, "04:30")])
def test_a_zips_times_are_local_ones(course, monkeypatch, zone, utc):
    """In the zone named, or in this machine's, 5 hours behind."""
    monkeypatch.setenv("TZ", "XXX+5")
    time.tzset()
    collect(course, "pooling", pack(course.root / "x.zip", {"jane/pooling.ipynb": (b"1", EVENING)}), zone=zone)
    assert stamp(course, "jane").endswith(f" {utc}:00 UTC")


def test_a_zip_that_tells_utc_is_believed(course):
    """Info-ZIP's extended timestamp, as `zip -r` writes it, behind another extra field."""
    info, seconds = zipfile.ZipInfo("jane/pooling.ipynb", EVENING), datetime(2026, 3, 8, 12, tzinfo=UTC).timestamp()
    info.extra = struct.pack("<HHH", 0x6375, 2, 0) + struct.pack("<HHBi", 0x5455, 5, 1, int(seconds))
    with zipfile.ZipFile(course.root / "x.zip", "w") as archive:
        archive.writestr(info, b"1")
    collect(course, "pooling", course.root / "x.zip", zone=BERLIN)
    assert stamp(course, "jane") == "2026-03-08 12:00:00 UTC"


@pytest.mark.parametrize("extra", [b"UT", b"UT\1\0\1", b"UT\5\0\2abcd", b"UT\0\0" * 3])
def test_an_extra_field_cut_short_tells_nothing(course, extra):
    info = zipfile.ZipInfo("jane/pooling.ipynb", EVENING)
    info.extra = extra
    with zipfile.ZipFile(course.root / "x.zip", "w") as archive:
        archive.writestr(info, b"1")
    collect(course, "pooling", course.root / "x.zip")
    assert stamp(course, "jane") == "2026-03-08 23:30:00 UTC"


@pytest.mark.usefixtures("due")
def test_half_an_hour_before_it_is_due_is_not_late(course, capsys):
    files = {"jane/pooling.ipynb": (b"1", EVENING), "joe/pooling.ipynb": (b"2", (2026, 3, 9, 0, 29, 0))}
    pack(course.root / "x.zip", files)
    assert main(["collect", "pooling", "x.zip"]) == 0
    jane, joe, _ = capsys.readouterr().out.splitlines()
    assert "late" not in jane
    assert joe.endswith("; 30 min late")


@pytest.mark.usefixtures("due")
def test_canvas_tells_who_is_late_and_no_time(course, capsys):
    """Each file in its zip has the time at which the zip was made."""
    downloaded = (2026, 3, 12, 9, 0, 0)
    sent = (b'{"cells": []}', downloaded)
    names = {"doejoe_LATE_4712_2_pooling.ipynb": sent, "o_neil_4713_3_pooling.ipynb": sent}
    pack(course.root / "x.zip", names)
    assert main(["collect", "pooling", "x.zip"]) == 0
    joe, neil, _ = capsys.readouterr().out.splitlines()
    assert joe == "doejoe_4712: pooling.ipynb; late, says Canvas"
    assert neil == "o_neil_4713: pooling.ipynb"
    assert stamp(course, "doejoe_4712") is stamp(course, "o_neil_4713") is None


def test_an_older_zip_does_not_replace_newer_work(course):
    new = pack(course.root / "new.zip", {"ned/pooling.ipynb": (b"new", (2026, 3, 8, 12, 0, 0))})
    old = pack(course.root / "old.zip", {"ned/pooling.ipynb": (b"old", (2026, 3, 1, 12, 0, 0))})
    collect(course, "pooling", new)
    for _ in range(2):
        ((ned,), _) = collect(course, "pooling", old)
        assert submitted(course) == {"ned": {"pooling.ipynb": b"new"}}
        assert stamp(course, "ned") == "2026-03-08 12:00:00 UTC"
        assert kept(course) == {"ned": {"2026-03-01 12.00.00": {"pooling.ipynb": b"old"}}}
        (note,) = ned.notes
        assert note.startswith("older than what was handed in at 2026-03-08 12:00:00 UTC, which stays; kept in ")


def test_the_same_work_gets_the_time_that_it_is_collected_with(course):
    for day in (8, 1):
        files = {"ned/pooling.ipynb": (b"same", (2026, 3, day, 12, 0, 0))}
        ((ned,), _) = collect(course, "pooling", pack(course.root / "x.zip", files))
        assert stamp(course, "ned") == f"2026-03-0{day} 12:00:00 UTC"
        assert ned.notes == []
    assert kept(course) == {}


def test_where_times_are_not_known_it_is_said_that_something_was_replaced(course):
    for content in (b"1", b"2"):
        ((ned,), _) = collect(course, "pooling", pack(course.root / "x.zip", {"ned_1_2_pooling.ipynb": content}))
    assert submitted(course) == {"ned_1": {"pooling.ipynb": b"2"}}
    assert [[*files.values()] for files in kept(course)["ned_1"].values()] == [[b"1"]]
    (note,) = ned.notes
    assert note.startswith("replaces what was collected before, kept in ")
    assert note.endswith("which of the two is later is not known")


def test_a_time_that_a_ta_wrote_for_canvas_stays(course):
    path = pack(course.root / "x.zip", {"ned_1_2_pooling.ipynb": b"1"})
    collect(course, "pooling", path)
    (course.home / "submitted" / "ned_1" / "pooling" / "timestamp.txt").write_text("2026-03-09 00:10:00 UTC")
    collect(course, "pooling", path)
    assert stamp(course, "ned_1") == "2026-03-09 00:10:00 UTC"


def test_attempts_of_one_time_and_one_name_are_all_kept(course):
    files = {f"jane/pooling{n}.ipynb": b"%d" % n for n in range(4)}
    collect(course, "pooling", pack(course.root / "x.zip", {**files, "joe/pooling.ipynb": b""}))
    everything = [submitted(course)["jane"], *kept(course)["jane"].values()]
    assert sorted(files["pooling.ipynb"] for files in everything) == [b"0", b"1", b"2", b"3"]
