"""Who is forgotten is nowhere in the course any more, and everybody else is as before."""

import shutil
from contextlib import chdir

import pytest

from cnngrader.collecting.collect import collect
from cnngrader.commands.main import main
from cnngrader.course import Course
from cnngrader.exporting.scores import read_scores
from cnngrader.gradebook.grader_split import share_out
from cnngrader.grading.crash_test import InstantPool, released_course
from cnngrader.grading.grading import Grading
from cnngrader.grading.journal import Journal
from cnngrader.grading.run_lock import RunLock
from cnngrader.grading.submission_log import write_log
from cnngrader.privacy.mentions import find_mentions
from cnngrader.privacy.personal_data import find_personal_data, known_students
from cnngrader.roster.roster import Roster
from cnngrader.roster.student import Student
from cnngrader.roster.students_file import write_roster

STUDENTS = ("ana", "anabel", "béla+cs@x.edu", "Zoë Ōe_4711")


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory):
    """Each of them handed in twice, and was graded each time; with every page, log and list."""
    course = released_course(tmp_path_factory.mktemp("privacy") / "root")
    inbox = tmp_path_factory.mktemp("inbox")
    for answer in ("wrong", "right"):
        for student in STUDENTS:
            (inbox / student).mkdir(exist_ok=True)
            (inbox / student / "window.ipynb").write_text(answer, encoding="utf-8")
        collect(course, "window", inbox)
        for graded in Grading(course, course.assignment("window"), confined=False).run(InstantPool(course)):
            write_log(course, graded.verdict)
    (course.home / "variants").mkdir()
    (course.home / "variants" / "window.txt").write_text("\n".join(sorted(known_students(course))) + "\n", "utf-8")
    share_out(course, "window", course.students("window"), ["tom", "kim"], blind=False)
    write_roster(course, Roster({student: Student(student) for student in sorted(known_students(course))}))
    with chdir(course.root):
        assert main(["feedback", "window"]) == 0
        assert main(["report"]) == 0
        assert main(["export", "window", "--csv", "course/exports.csv"]) == 0
    return course


@pytest.fixture
def course(graded_once, tmp_path, monkeypatch):
    """A copy of it, in which the commands are run."""
    shutil.copytree(graded_once.root, tmp_path / "root")
    monkeypatch.chdir(tmp_path / "root")
    copied = Course(tmp_path / "root", tmp_path / "root" / "course")
    (copied.home / "exports.csv").unlink()  # a table of somebody's own
    return copied


def of_others(course, student):
    """All files of other students, and their scores."""
    files = {
        path.relative_to(course.home): path.read_bytes()
        for step in ("submitted", "autograded", "feedback", "attempts")
        for path in (course.home / step).rglob("*")
        if path.is_file() and student not in path.relative_to(course.home).parts
    }
    rows = [row for row in read_scores(course, course.assignment("window")).rows() if row[0] != student]
    entries = {name: e for name, e in Journal(course.journal("window")).latest().items() if name != student}
    return files, rows, entries


@pytest.mark.parametrize("number", range(len(STUDENTS)))
def test_who_is_forgotten_is_in_no_file_and_the_others_are_as_before(course, number, capsys):
    student = sorted(known_students(course))[number]
    before = of_others(course, student)
    assert find_mentions(course.home, {student})
    assert main(["forget", student, "--yes"]) == 0
    assert find_mentions(course.home, {student}) == []
    assert of_others(course, student) == before
    assert student not in known_students(course)
    assert main(["forget", student, "--yes"]) == 2
    assert f"holds nothing of {student!r}" in capsys.readouterr().err
    again = list(Grading(course, course.assignment("window"), confined=False).run(None))
    assert all(graded.kept for graded in again) and len(again) == len(STUDENTS) - 1


def test_nothing_goes_before_somebody_has_agreed(course, capsys):
    before = {path: path.stat().st_mtime_ns for path in course.home.rglob("*")}
    assert main(["forget", "ana"]) == 2
    assert "Give --yes" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in course.home.rglob("*")} == before


def test_the_name_as_handed_in_is_enough_and_a_likely_one_is_told(course, capsys):
    assert main(["forget", "béla+cs@x.edu", "--yes"]) == 0
    assert main(["forget", "Ana", "--yes"]) == 2
    assert "Did you mean ana" in capsys.readouterr().err


def test_what_still_names_them_is_told(course, capsys):
    (course.home / "notes.txt").write_text("Ask ana's tutor; zoë's, too", encoding="utf-8")
    assert main(["forget", "ana", "--yes"]) == 1
    assert capsys.readouterr().out.rstrip().endswith("notes.txt")
    assert (course.home / "notes.txt").exists()


def test_a_term_leaves_what_the_next_one_needs_and_nobody(course):
    names = known_students(course)
    kept = {path: path.read_bytes() for path in (course.home / "source").rglob("*") if path.is_file()}
    assert main(["forget", "--term", "--yes"]) == 0
    assert known_students(course) == frozenset()
    assert find_mentions(course.home, names) == []
    assert {path: path.read_bytes() for path in kept} == kept
    assert main(["forget", "--term", "--yes"]) == 2
    (course.root / "in" / "new").mkdir(parents=True)
    (course.root / "in" / "new" / "window.ipynb").write_text("right", encoding="utf-8")
    collect(course, "window", course.root / "in")
    (graded,) = Grading(course, course.assignment("window"), confined=False).run(InstantPool(course))
    assert graded.verdict.score == 3.0


def test_while_it_is_graded_nobody_is_forgotten(course):
    lock = RunLock(course.journal("window", "lock"))
    assert main(["forget", "ana", "--yes"]) == 2
    lock.release()
    assert find_personal_data(course, "ana").own


def test_what_a_kill_left_of_a_line_goes_too(course):
    path = course.journal("window")
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"student": "ana", "key"')
    Journal(path).forget({"zoë"})
    assert path.read_bytes() == whole


def test_a_pseudonymous_table_tells_no_name_and_all_points(course, tmp_path):
    tables = [tmp_path / "named.csv", tmp_path / "numbers.csv"]
    assert main(["export", "window", "--csv", str(tables[0])]) == 0
    assert main(["export", "window", "--csv", str(tables[1]), "--pseudonymous"]) == 0
    named, numbers = ([row.split(",", 1) for row in table.read_text("utf-8").splitlines()] for table in tables)
    assert sorted(row[1] for row in named) == sorted(row[1] for row in numbers)
    assert not {row[0] for row in named[1:]} & {row[0] for row in numbers}
    assert len({row[0] for row in numbers}) == len(STUDENTS) + 1
    assert main(["export", "window", "--csv", str(tables[1]), "--pseudonymous", "--canvas", str(tables[0])]) == 2


@pytest.mark.parametrize("arguments", [[], ["ana", "--term"]])
def test_whom_has_to_be_said(course, arguments):
    assert main(["forget", *arguments, "--yes"]) == 2
    assert known_students(course)


def test_words_within_others_are_nobody(tmp_path):
    (tmp_path / "text.txt").write_text("banana, ana-lena", encoding="utf-8")
    (tmp_path / "text.json").write_text('"b\\u00e9la"', encoding="utf-8")
    assert find_mentions(tmp_path, {"nan"}) == []
    assert find_mentions(tmp_path, {"ana"}) == ["text.txt"]
    assert find_mentions(tmp_path, {"béla"}) == ["text.json"]
    assert find_mentions(tmp_path, set()) == []
