"""Where a course holds something of a student: docs/privacy.md says the same for people."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cnngrader.course import Course
from cnngrader.gradebook.extensions import Extensions
from cnngrader.gradebook.grader_split import read_split
from cnngrader.gradebook.student_rows import students_of
from cnngrader.grading.journal import Journal
from cnngrader.ids import normal
from cnngrader.roster.students_file import read_roster

BY_STUDENT = ("submitted", "autograded", "feedback", "attempts", "attempts_graded")
"""Folders of the course with one for each student."""
OF_ALL = ("reports", "exports", "runs")
"""What is made of everybody's, by a command that makes it again."""
OF_A_TERM = (*BY_STUDENT, "logs", "variants", "downloaded", *OF_ALL)


@dataclass(frozen=True)
class PersonalData:
    """Of some students, or of all. own: folders and files that hold nothing else. lists: files with lines of others,
    too. of_all: what is made of everybody's, and is made again. in_gradebook: who of them has rows there."""

    students: frozenset[str]
    own: tuple[Path, ...]
    lists: tuple[Path, ...]
    of_all: tuple[Path, ...]
    in_gradebook: frozenset[str]


def known_students(course: Course) -> frozenset[str]:
    """Everybody of whom there is something."""
    found = {normal(path.name) for step in BY_STUDENT for path in _within(course.home / step) if path.is_dir()}
    found |= {normal(path.stem) for folder in _within(course.home / "logs") for path in folder.glob("*.log")}
    for journal in journals(course):
        found |= Journal(journal).students()
    for names in _variant_lists(course):
        found |= {normal(line) for line in names.read_text(encoding="utf-8").splitlines() if line}
    return frozenset(found | {*read_roster(course).students} | students_of(course))


def find_personal_data(course: Course, student: str) -> PersonalData:
    """Of one student, by the name that their folder has."""
    folders = [path for step in BY_STUDENT for path in _within(course.home / step) if normal(path.name) == student]
    logs = [log for id in _within(course.home / "logs") for log in _within(id) if normal(log.stem) == student]
    lists = [path for path in journals(course) if student in Journal(path).students()]
    lists += [path for path in _variant_lists(course) if student in map(normal, path.read_text("utf-8").splitlines())]
    lists += [path for path in extensions(course) if student in Extensions.read(path)]
    lists += [path for path in splits(course) if student in read_split(path).of]
    lists += [course.roster] if student in read_roster(course).students else []
    of_all = [path for name in OF_ALL for path in _within(course.home / name)]
    rows = frozenset({student} & students_of(course))
    return PersonalData(frozenset({student}), (*folders, *logs), tuple(lists), tuple(of_all), rows)


def find_all_personal_data(course: Course) -> PersonalData:
    """Of everybody. The secret goes as well, which alone could tell whose a pseudonym was."""
    paths = (course.home / name for name in OF_A_TERM)
    lists = (*journals(course), *extensions(course), *splits(course), course.roster)
    own = [path for path in (*paths, *lists, course.secret) if path.exists()]
    return PersonalData(known_students(course), tuple(own), (), (), students_of(course))


def journals(course: Course) -> list[Path]:
    return sorted((course.home / "journal").glob("*.jsonl"))


def extensions(course: Course) -> list[Path]:
    return sorted((course.home / "journal").glob("*.extensions"))


def splits(course: Course) -> list[Path]:
    return sorted((course.home / "journal").glob("*.graders"))


def _variant_lists(course: Course) -> list[Path]:
    return sorted((course.home / "variants").glob("*.txt"))


def _within(folder: Path) -> Iterator[Path]:
    return iter(sorted(folder.iterdir()) if folder.is_dir() else ())
