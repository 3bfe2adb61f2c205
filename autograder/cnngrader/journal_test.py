import json
from dataclasses import fields, replace

import pytest

from cnngrader import journal as module
from cnngrader.job import Job
from cnngrader.journal import Journal, key_of
from cnngrader.sandbox.confine import Limits
from cnngrader.verdict import TestVerdict, Verdict

JOB = Job(
    student="jane",
    assignment="pooling",
    notebook=b"notebook",
    template=b"template",
    rubric="rubric",
    files={"checks.py": b"checks", "data.csv": b"1,2"},
    readable=("data/digits28",),
    limits=Limits(),
    seed="secret",
)


def verdict(student="jane", earned=1.0, detail=""):
    tests = [TestVerdict("test_a", "a", "A", 2.0, earned, "why ü\n", True, "")]
    return Verdict(student, "pooling", "graded", detail, 1.5, tests, ["repaired"], [], ["landlock"], "{notebook}")


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path, "pooling")


def test_a_new_journal_is_empty(journal):
    assert journal.latest() == {}


def test_a_verdict_comes_back_but_for_its_notebook(journal):
    journal.write("k1", verdict())
    (entry,) = journal.latest().values()
    assert entry.verdict == replace(verdict(), notebook="")
    assert (entry.key, entry.committed) == ("k1", False)
    assert entry.verdict.score == 1.0


def test_the_latest_verdict_of_each_student_counts(journal):
    for key, student, earned in [("k1", "jane", 0), ("k2", "علي", 1), ("k3", "jane", 2)]:
        journal.write(key, verdict(student, earned))
    latest = journal.latest()
    assert {student: (entry.key, entry.verdict.score) for student, entry in latest.items()} == {
        "jane": ("k3", 2),
        "علي": ("k2", 1),
    }


def test_a_commit_is_of_its_verdict_alone(journal):
    journal.write("k1", verdict("jane"))
    journal.write("k2", verdict("joe"))
    journal.commit("k1", "jane")
    assert {student: entry.committed for student, entry in journal.latest().items()} == {"jane": True, "joe": False}


def test_a_new_verdict_is_not_committed_by_a_former_commit(journal):
    journal.write("k1", verdict())
    journal.commit("k1", "jane")
    journal.write("k2", verdict())
    assert not journal.latest()["jane"].committed
    journal.commit("k1", "jane")
    assert not journal.latest()["jane"].committed
    journal.commit("k2", "jane")
    assert journal.latest()["jane"].committed


def test_a_commit_without_a_verdict_is_no_entry(journal):
    journal.commit("k1", "jane")
    assert journal.latest() == {}


def test_lines_are_only_ever_added(journal):
    journal.write("k1", verdict())
    before = journal.path.read_bytes()
    journal.commit("k1", "jane")
    journal.write("k2", verdict())
    assert journal.path.read_bytes().startswith(before)
    assert len(journal.path.read_bytes().splitlines()) == 3


def test_wherever_a_kill_cuts_the_last_line_the_others_stand_and_grading_goes_on(journal):
    journal.write("k1", verdict("jane"))
    whole = journal.path.read_bytes()
    journal.write("k2", verdict("joe", detail="ü"))
    both = journal.path.read_bytes()
    for cut in range(len(whole), len(both) - 1):
        journal.path.write_bytes(both[:cut])
        assert list(journal.latest()) == ["jane"]
        journal.write("k3", verdict("ann"))
        assert list(journal.latest()) == ["jane", "ann"]


def test_a_line_that_lost_only_its_end_is_kept(journal):
    journal.write("k1", verdict("jane"))
    journal.path.write_bytes(journal.path.read_bytes()[:-1])
    journal.write("k2", verdict("joe"))
    assert list(journal.latest()) == ["jane", "joe"]


@pytest.mark.parametrize(
    "line", [b"\0" * 100, b"\xff\xfe", b"", b"{}", b"3", b"null", b"[]", b'{"student": "jane"}'], ids=repr
)
def test_a_line_that_is_no_record_is_passed_over(journal, line):
    journal.write("k1", verdict())
    with journal.path.open("ab") as file:
        file.write(line + b"\n")
    journal.commit("k1", "jane")
    assert journal.latest()["jane"].committed


@pytest.mark.parametrize("change", [{"speed": 3}, {"tests": [{"name": "test_a"}]}, {"tests": None}], ids=repr)
def test_a_verdict_written_by_another_version_is_passed_over(journal, change):
    journal.write("k1", verdict("jane"))
    record = json.loads(journal.path.read_text())
    record["student"] = "joe"
    record["verdict"] |= change
    with journal.path.open("a") as file:
        file.write(json.dumps(record) + "\n")
    assert list(journal.latest()) == ["jane"]


OTHER = {
    "student": "joe",
    "assignment": "mnist_cnn",
    "notebook": b"notebooks",
    "template": b"templates",
    "rubric": "rubrics",
    "seed": "secrets",
    "confined": False,
    "readable": ("data/mnist",),
}


@pytest.mark.parametrize("part", OTHER)
def test_the_key_changes_with_each_part(part):
    assert key_of(replace(JOB, **{part: OTHER[part]})) != key_of(JOB)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"checks.py": b"checks"},
        {"checks.py": b"checks", "data.csv": b"1,3"},
        {"checks.py": b"checks", "data.tsv": b"1,2"},
        {"checks.py": b"1,2", "data.csv": b"checks"},
        {"checks.pyc": b"hecks", "data.csv": b"1,2"},
    ],
)
def test_the_key_changes_with_each_file(files):
    assert key_of(replace(JOB, files=files)) != key_of(JOB)


@pytest.mark.parametrize("limit", [field.name for field in fields(Limits) if field.name != "threads"])
def test_the_key_changes_with_each_limit(limit):
    limits = replace(Limits(), **{limit: getattr(Limits(), limit) + 1})
    assert key_of(replace(JOB, limits=limits)) != key_of(JOB)


def test_the_key_changes_with_the_versions_of_what_runs(monkeypatch):
    before = key_of(JOB)
    monkeypatch.setattr(module, "version", lambda package: "0.0.1")
    assert key_of(JOB) != before


def test_the_key_does_not_change_with_the_cores_or_the_order_of_files():
    assert key_of(replace(JOB, limits=Limits(threads=8))) == key_of(JOB)
    assert key_of(replace(JOB, files=dict(reversed(JOB.files.items())))) == key_of(JOB)


def test_moving_bytes_from_one_part_to_the_next_changes_the_key():
    one = replace(JOB, notebook=b"ab", template=b"c")
    other = replace(JOB, notebook=b"a", template=b"bc")
    assert key_of(one) != key_of(other)
