import pytest

from cnngrader.course import Course
from cnngrader.gradebook.autograded import Autograded


@pytest.fixture
def autograded(tmp_path):
    return Autograded(Course(tmp_path, tmp_path / "course"), "pooling")


def files(autograded) -> dict[str, str]:
    home = autograded.course.home / "autograded" / "jane"
    return {str(path.relative_to(home)): path.read_text() for path in home.rglob("*") if path.is_file()}


def test_what_is_staged_comes_into_place_as_a_whole(autograded):
    stamp = autograded.course.submitted("pooling", "jane") / "timestamp.txt"
    stamp.parent.mkdir(parents=True)
    stamp.write_text("2026-03-01 12:00:00 UTC")
    autograded.stage("jane", {"data/table.csv": b"1,2"}, "{}")
    assert (autograded.has("jane"), autograded.has_staged("jane")) == (False, True)
    autograded.install("jane")
    assert (autograded.has("jane"), autograded.has_staged("jane")) == (True, False)
    assert files(autograded) == {
        "pooling/data/table.csv": "1,2",
        "pooling/pooling.ipynb": "{}",
        "pooling/timestamp.txt": "2026-03-01 12:00:00 UTC",
    }


def test_the_new_takes_the_place_of_all_of_the_old(autograded):
    autograded.stage("jane", {"old.csv": b"1"}, "old")
    autograded.install("jane")
    autograded.stage("jane", {}, "new")
    assert files(autograded)["pooling/pooling.ipynb"] == "old"
    autograded.install("jane")
    assert files(autograded) == {"pooling/pooling.ipynb": "new"}
    autograded.install("jane")
    assert files(autograded) == {"pooling/pooling.ipynb": "new"}, "nothing is staged"


def test_what_was_staged_before_or_is_discarded_leaves_nothing(autograded):
    autograded.stage("jane", {"old.csv": b"1"}, "old")
    autograded.stage("jane", {}, "new")
    autograded.install("jane")
    autograded.stage("jane", {"old.csv": b"1"}, "old")
    autograded.discard("jane")
    autograded.install("jane")
    assert files(autograded) == {"pooling/pooling.ipynb": "new"}
