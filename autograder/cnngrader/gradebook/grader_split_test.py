"""Students are shared out evenly, and whoever has a grader keeps the grader."""

from collections import Counter

import pytest

from cnngrader.course import Course
from cnngrader.errors import UsageError
from cnngrader.gradebook.grader_split import GraderSplit, read_split, share_out, split_of
from cnngrader.gradebook.standing import CellScore, Standing

STUDENTS = [f"s{number:03}" for number in range(35)]


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path, tmp_path / "course")


def spread(split):
    loads = Counter(dict.fromkeys(split.graders, 0))
    loads.update(split.of.values())
    return max(loads.values()) - min(loads.values())


@pytest.mark.parametrize("graders", [["a"], ["a", "b"], ["a", "b", "c"], [f"g{n}" for n in range(40)]])
def test_nobody_has_more_than_one_more(course, graders):
    split = share_out(course, "hw", STUDENTS, graders, blind=False)
    assert spread(split) <= 1 and list(split.of) == STUDENTS
    assert split_of(course, "hw", STUDENTS) == split


def test_late_hand_ins_go_to_whoever_has_fewest_and_move_nobody(course):
    before = share_out(course, "hw", STUDENTS[::2], ["a", "b", "c"], blind=True)
    for count in range(1, 18):
        after = split_of(course, "hw", sorted([*STUDENTS[::2], *STUDENTS[1::2][-count:]]))
        assert before.of.items() <= after.of.items() and spread(after) <= 1 and after.blind
        before = after


def test_who_is_gone_is_of_no_grader(course):
    share_out(course, "hw", STUDENTS, ["a", "b"], blind=False)
    assert "s003" not in split_of(course, "hw", [s for s in STUDENTS if s != "s003"]).of


def test_other_graders_move_as_few_as_they_can(course):
    before = share_out(course, "hw", STUDENTS, ["a", "b", "c"], blind=False)
    with_another = share_out(course, "hw", STUDENTS, ["a", "b", "c", "d"], blind=False)
    moved = [s for s in STUDENTS if before.of[s] != with_another.of[s]]
    assert spread(with_another) <= 1 and {with_another.of[s] for s in moved} == {"d"}
    without = share_out(course, "hw", STUDENTS, ["b", "c", "d"], blind=False)
    moved = {s for s in STUDENTS if with_another.of[s] != without.of[s]}
    assert spread(without) <= 1 and moved == set(with_another.students_of("a"))


def test_what_is_read_stays_with_its_reader(course):
    before = share_out(course, "hw", STUDENTS, ["a"], blind=False)
    done = STUDENTS[:30]
    after = share_out(course, "hw", STUDENTS, ["a", "b"], blind=False, done=done)
    assert before.of.items() >= {student: after.of[student] for student in done}.items()
    assert after.students_of("b") == STUDENTS[30:]


def test_what_is_left_is_counted_for_each(course):
    split = share_out(course, "hw", ["ana", "bo", "cy"], ["a", "b"], blind=False)

    def standing(*asks):
        return Standing([CellScore("n", str(n), 1, None, None, 0, True, ask) for n, ask in enumerate(asks)])

    left = split.left({"ana": standing(True, True), "bo": standing(False, False), "cy": standing(True, False)})
    assert left == {"a": 3, "b": 0}


@pytest.mark.parametrize("content", ["", "{", '{"graders": "a"}', '{"of": {"ana": 1}}', "\ufffd"])
def test_a_file_that_is_none_is_told(course, content):
    path = course.journal("hw", "graders")
    path.parent.mkdir(parents=True)
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="cnnkit assign hw --graders"):
        read_split(path)


def test_nobody_grades_in_particular_where_it_is_not_shared_out(course):
    assert split_of(course, "hw", STUDENTS) == GraderSplit() and not course.journal("hw", "graders").exists()
