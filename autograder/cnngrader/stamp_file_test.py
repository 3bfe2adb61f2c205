"""A stamp in a submission: nbgrader reads it as we do, or it is no longer there."""

import os
from datetime import UTC, datetime

import pytest
from nbgrader.utils import parse_utc

from cnngrader.stamp_file import LONGEST, SET_ASIDE, STAMP, settle_stamp, stamp_of
from cnngrader.when import to_nbgrader, zone_named

BERLIN = zone_named("Europe/Berlin")
INSTANT = datetime(2026, 3, 8, 22, 50, tzinfo=UTC)


@pytest.mark.parametrize(
    "content",
    [
        b"2026-03-08 22:50:00 UTC",
        b"\xef\xbb\xbf2026-03-08 22:50:00 UTC\r\n",
        "2026-03-08 22:50:00 UTC\r\n".encode("utf-16"),
        b"20260308225000000",
        b"2026-03-08 23:50:00 +0100",  # seconds, to nbgrader
        b"1773010200\n",
    ],
)
def test_a_known_form_is_put_as_nbgrader_reads_it(tmp_path, content):
    (tmp_path / STAMP).write_bytes(content)
    assert stamp_of(tmp_path, BERLIN) == INSTANT
    assert settle_stamp(tmp_path, BERLIN) == ""
    assert parse_utc((tmp_path / STAMP).read_text().strip()) == to_nbgrader(INSTANT)
    assert stamp_of(tmp_path, BERLIN) == INSTANT
    assert [path.name for path in tmp_path.iterdir()] == [STAMP]


def _a_folder(path):
    path.mkdir()
    (path / "x").write_text("x")


BAD = {
    "no text": lambda path: path.write_bytes(b"\xff\x00\xff"),
    "words": lambda path: path.write_text("yesterday\x1b[2J"),
    "empty": lambda path: path.write_text(""),
    "large": lambda path: path.write_bytes(b"1" * 10_000_000),
    "two": lambda path: path.write_text("2026-03-08 22:50:00 UTC\n2026-03-07 22:50:00 UTC"),
    "a folder": _a_folder,
    "a link": lambda path: path.symlink_to("/etc/hostname"),
    "a link to nothing": lambda path: path.symlink_to("nothing"),
    "a pipe": os.mkfifo,
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD.keys())
def test_what_tells_no_time_is_set_aside_and_told(tmp_path, make):
    for place in (SET_ASIDE, f"{SET_ASIDE} (2)"):
        make(tmp_path / STAMP)
        assert stamp_of(tmp_path, BERLIN) is None
        note = settle_stamp(tmp_path, BERLIN)
        assert note.startswith(f"{tmp_path / place}: ") and "\x1b" not in note
        assert note.endswith(f"write one to {tmp_path / STAMP}, as 2026-03-09 00:10:00 UTC")
        assert not os.path.lexists(tmp_path / STAMP) and os.path.lexists(tmp_path / place)
        assert settle_stamp(tmp_path, BERLIN) == ""


def test_a_text_that_is_to_stay_stays(tmp_path):
    """In an ordinary course, what nbgrader can read."""
    for text, left in (("2026-03-08 23:50", True), ("20260308225000000", False)):
        (tmp_path / STAMP).write_text(text)
        assert settle_stamp(tmp_path, None, parse_utc) == ""
        assert ((tmp_path / STAMP).read_text() == text) is left


def test_only_a_little_of_a_file_is_read(tmp_path):
    (tmp_path / STAMP).write_text("2026-03-08 22:50:00 UTC" + " " * LONGEST)
    assert stamp_of(tmp_path, None) is None
