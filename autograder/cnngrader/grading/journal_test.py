import json
from dataclasses import replace

import pytest

from cnngrader.grading.journal import Entry, Journal
from cnngrader.submission.verdict import TestVerdict, Verdict


def verdict(student="jane", earned=1.0, detail=""):
    tests = [TestVerdict("test_a", "a", "A", 2.0, earned, "why ü\n", True, "")]
    return Verdict(student, "pooling", "graded", detail, 1.5, tests, ["repaired"], [], ["landlock"], "{notebook}")


def entry(key, *made, **options):
    return Entry(key, {"test_a": "digest"}, verdict(*made, **options))


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "journal" / "pooling.jsonl")


def test_a_new_journal_is_empty(journal):
    assert journal.latest() == {}


def test_a_verdict_comes_back_but_for_its_notebook(journal):
    journal.write(entry("k1"))
    (found,) = journal.latest().values()
    assert found == replace(entry("k1"), verdict=replace(verdict(), notebook=""))
    assert found.verdict.score == 1.0


def test_the_latest_verdict_of_each_student_counts(journal):
    for key, student, earned in [("k1", "jane", 0), ("k2", "علي", 1), ("k3", "jane", 2)]:
        journal.write(entry(key, student, earned))
    latest = journal.latest()
    assert {student: (entry.key, entry.verdict.score) for student, entry in latest.items()} == {
        "jane": ("k3", 2),
        "علي": ("k2", 1),
    }


def test_a_commit_is_of_its_verdict_alone(journal):
    journal.write(entry("k1", "jane"))
    journal.write(entry("k2", "joe"))
    journal.commit("k1", "jane")
    assert {student: entry.committed for student, entry in journal.latest().items()} == {"jane": True, "joe": False}


def test_a_new_verdict_is_not_committed_by_a_former_commit(journal):
    journal.write(entry("k1"))
    journal.commit("k1", "jane")
    journal.write(entry("k2"))
    assert not journal.latest()["jane"].committed
    journal.commit("k1", "jane")
    assert not journal.latest()["jane"].committed
    journal.commit("k2", "jane")
    assert journal.latest()["jane"].committed


def test_an_entry_knows_the_score_that_the_gradebook_has(journal):
    journal.write(entry("k1", earned=1.0))
    assert journal.latest()["jane"].entered is None
    journal.commit("k1", "jane")
    assert journal.latest()["jane"].entered == 1.0
    journal.write(entry("k2", earned=2.0))
    journal.write(entry("k3", earned=0.0))
    assert journal.latest()["jane"].entered == 1.0
    journal.commit("k3", "jane")
    assert journal.latest()["jane"].entered == 0.0


def test_a_commit_without_a_verdict_is_no_entry(journal):
    journal.commit("k1", "jane")
    assert journal.latest() == {}


def test_lines_are_only_ever_added(journal):
    journal.write(entry("k1"))
    before = journal.path.read_bytes()
    journal.commit("k1", "jane")
    journal.write(entry("k2"))
    assert journal.path.read_bytes().startswith(before)
    assert len(journal.path.read_bytes().splitlines()) == 3


def test_wherever_a_kill_cuts_the_last_line_the_others_stand_and_grading_goes_on(journal):
    journal.write(entry("k1", "jane"))
    whole = journal.path.read_bytes()
    journal.write(entry("k2", "joe", detail="ü"))
    both = journal.path.read_bytes()
    for cut in range(len(whole), len(both) - 1):
        journal.path.write_bytes(both[:cut])
        assert list(journal.latest()) == ["jane"]
        journal.write(entry("k3", "ann"))
        assert list(journal.latest()) == ["jane", "ann"]


def test_a_line_that_lost_only_its_end_is_kept(journal):
    journal.write(entry("k1", "jane"))
    journal.path.write_bytes(journal.path.read_bytes()[:-1])
    journal.write(entry("k2", "joe"))
    assert list(journal.latest()) == ["jane", "joe"]


@pytest.mark.parametrize(
    "line", [b"\0" * 100, b"\xff\xfe", b"", b"{}", b"3", b"null", b"[]", b'{"student": "jane"}'], ids=repr
)
def test_a_line_that_is_no_record_is_passed_over(journal, line):
    journal.write(entry("k1"))
    with journal.path.open("ab") as file:
        file.write(line + b"\n")
    journal.commit("k1", "jane")
    assert journal.latest()["jane"].committed


def test_a_line_without_the_digests_of_its_tests_is_of_a_former_version_and_passed_over(journal):
    journal.write(entry("k1"))
    record = json.loads(journal.path.read_text())
    del record["tests"]
    journal.path.write_text(json.dumps(record) + "\n")
    assert journal.latest() == {}


@pytest.mark.parametrize("change", [{"speed": 3}, {"tests": [{"name": "test_a"}]}, {"tests": None}], ids=repr)
def test_a_verdict_written_by_another_version_is_passed_over(journal, change):
    journal.write(entry("k1", "jane"))
    record = json.loads(journal.path.read_text())
    record["student"] = "joe"
    record["verdict"] |= change
    with journal.path.open("a") as file:
        file.write(json.dumps(record) + "\n")
    assert list(journal.latest()) == ["jane"]
