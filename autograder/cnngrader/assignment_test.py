import re
from dataclasses import fields
from datetime import UTC, datetime

import pytest

from cnngrader.assignment import load_assignment
from cnngrader.errors import AuthorError, UsageError
from cnngrader.sandbox.limits import Limits


@pytest.fixture
def load(tiny_course):
    """Read "pooling" with this assignment.toml."""

    def load(text):
        path = tiny_course.root / "solutions" / "pooling" / "assignment.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return load_assignment(tiny_course.root, "pooling")

    return load


def test_an_empty_file_gives_the_defaults(load):
    assignment = load("")
    assert (assignment.title, assignment.files, assignment.datasets) == ("pooling", (), ())
    assert assignment.limits == Limits()


def test_what_the_file_says_is_read(load):
    assignment = load(
        'title = "Pooling ü"\nfiles = ["a.csv", "img/b.png"]\ndatasets = ["digits28"]\n[limits]\nmemory_mb = 512'
    )
    assert (assignment.title, assignment.datasets) == ("Pooling ü", ("digits28",))
    assert assignment.files == ("a.csv", "img/b.png")
    assert assignment.limits == Limits(memory_mb=512)


def test_the_time_when_it_is_due_has_an_offset(load):
    assert load("due = 2026-03-08 23:59:00+01:00").due == datetime(2026, 3, 8, 22, 59, tzinfo=UTC)
    assert load("").due is None


def test_or_is_on_the_clocks_of_the_course(load, tiny_course):
    (tiny_course.root / "course.toml").write_text('zone = "Europe/Berlin"')
    assert load("due = 2026-03-28 23:59:00").due == datetime(2026, 3, 28, 22, 59, tzinfo=UTC)
    assert load("due = 2026-03-29 23:59:00").due == datetime(2026, 3, 29, 21, 59, tzinfo=UTC)
    assert load("due = 2026-03-29 23:59:00-05:00").due == datetime(2026, 3, 30, 4, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "words"),
    [
        ("2026-03-29 02:30:00", "clocks in Europe/Berlin skip it"),
        ("2026-10-25 02:30:00", "write which of the two, 2026-10-25 02:30:00+02:00 or 2026-10-25 02:30:00+01:00"),
        ("2026-03-08", "must be a time"),
    ],
)
def test_a_due_date_that_is_no_one_instant_is_refused(load, tiny_course, due, words):
    (tiny_course.root / "course.toml").write_text('zone = "Europe/Berlin"')
    with pytest.raises(AuthorError, match=words.replace("+", r"\+")):
        load(f"due = {due}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('zone = "Berlin"', "there is no zone 'Berlin'; is Europe/Berlin meant?"),
        ("zone = 1", "zone is 1, and must be text"),
        ('zone = "../etc/passwd"', "there is no zone"),
        ('timezone = "UTC"', "timezone is unknown; known are attempts, late, students, zone"),
        ("zone", "not valid TOML"),
        ("[students]\nassignments = 'course.zip'", "line 2: students.assignments is 'course.zip'; an address is as"),
        ("[students]\nassignment = 'https://a.org/c.zip'", "line 2: students.assignment is unknown"),
    ],
)
def test_a_zone_that_is_none_is_told(tiny_course, text, words):
    (tiny_course.root / "course.toml").write_text(text)
    with pytest.raises(AuthorError) as error:
        _ = tiny_course.zone
    assert str(error.value).startswith(str(tiny_course.root / "course.toml")) and words in str(error.value)


@pytest.mark.parametrize("limit", [field.name for field in fields(Limits)])
def test_every_limit_can_be_set(load, limit):
    assert getattr(load(f"[limits]\n{limit} = 7").limits, limit) == 7


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            'titel = "x"',
            "line 1: titel is unknown; known are attempts, audience, datasets, due, files, groups, item, late",
        ),
        ("[limits]\nmemory = 3", "line 2: limits.memory is unknown; known are cell_seconds"),
        ("[limits]\nmemory_mb = 0", "limits.memory_mb is 0, and must be a number above 0"),
        ("[limits]\nmemory_mb = -1", "limits.memory_mb is -1"),
        ("[limits]\nmemory_mb = nan", "limits.memory_mb is nan"),
        ("[limits]\nmemory_mb = true", "limits.memory_mb is True"),
        ('[limits]\nmemory_mb = "1 GB"', "limits.memory_mb is '1 GB'"),
        ("limits = 3", "limits is 3, and must be a table"),
        ("files = 'a.csv'", "files is 'a.csv', and must be a list"),
        ("files = [1]", "files 1 is 1, and must be text"),
        ("datasets = 'digits28'", "datasets"),
        ('due = "tomorrow"', "due is 'tomorrow', and must be a time"),
        ("due = 2026-03-08", "due is 2026-03-08"),
        ("due = 2026-03-08 23:59:00", "due is 2026-03-08 23:59:00"),
        ("title = ", "not valid TOML"),
        (b"title = '\xff'", "not valid TOML"),
    ],
)
def test_an_error_names_the_file_and_the_key(load, tiny_course, text, words):
    with pytest.raises(AuthorError) as error:
        load(text)
    assert str(error.value).startswith(str(tiny_course.root / "solutions" / "pooling" / "assignment.toml"))
    assert words in str(error.value)


@pytest.mark.parametrize("missing", ["solutions/pooling/pooling.py", "autograder/rubrics/test_pooling.py"])
def test_a_missing_file_is_named(tiny_course, missing):
    (tiny_course.root / missing).unlink()
    with pytest.raises(AuthorError, match=f"{missing} does not exist"):
        tiny_course.assignment("pooling")


def test_an_unknown_assignment_names_the_known_ones(tiny_course):
    with pytest.raises(UsageError, match="no assignment is called 'poling'; there are: pooling"):
        tiny_course.assignment("poling")


def test_attached_files_are_read_from_files(load, pooling):
    (pooling.folder / "files" / "img").mkdir(parents=True)
    (pooling.folder / "files" / "img" / "b.png").write_bytes(b"\x89PNG")
    (pooling.folder / "files" / "not-given-out.csv").write_bytes(b"")
    assert load('files = ["img/b.png"]').attached() == {"img/b.png": b"\x89PNG"}


def test_an_attached_file_that_is_missing_is_named(load):
    with pytest.raises(AuthorError, match=r"assignment\.toml: files names 'a\.csv', and .*files/a\.csv does not exist"):
        load('files = ["a.csv"]').attached()


@pytest.mark.parametrize("name", ["../mutants.toml", "{folder}/mutants.toml", "a/../../mutants.toml"])
def test_an_attached_file_outside_files_is_refused(load, pooling, name):
    (pooling.folder / "files" / "a").mkdir(parents=True)
    with pytest.raises(AuthorError, match="files"):
        load(f"files = ['{name.format(folder=pooling.folder)}']").attached()


@pytest.mark.parametrize(
    ("id", "sign", "better"),
    [("hw (1)", "' '", "hw__1"), ("hw[2]", "'['", "hw_2"), ("a+b", "'+'", "a_b"), ("50*", "'*'", "50")],
)
def test_an_id_that_nbgrader_cannot_hold_is_refused(tmp_path, id, sign, better):
    with pytest.raises(AuthorError, match=re.escape(f"{id!r} has {sign}. Call it {better!r}")):
        load_assignment(tmp_path, id)
