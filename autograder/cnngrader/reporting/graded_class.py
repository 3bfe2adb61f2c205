"""All that is known of a class and an assignment, read once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nbgrader.api import Student
from sqlalchemy import select

from cnngrader.assignment import Assignment
from cnngrader.course import Course
from cnngrader.errors import NothingGraded
from cnngrader.gradebook.by_hand import ByHand, read_all_by_hand
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.gradebook.standing import Standing, read_standings
from cnngrader.grading.journal import Journal
from cnngrader.pseudonyms import pseudonyms
from cnngrader.reporting.hints import find_hints
from cnngrader.roster.roster import Roster
from cnngrader.roster.students_file import read_roster
from cnngrader.submission.status import Status
from cnngrader.submission.verdict import Verdict


@dataclass(frozen=True)
class GradedStudent:
    """name: as it is shown. standing: what the gradebook says; it waits for the next run where a grader failed. hints:
    checks for which the notebook asks for a hint."""

    name: str
    verdict: Verdict
    standing: Standing
    hints: frozenset[str] = frozenset()

    @property
    def share(self) -> float:
        """Of the points that there are, from 0 to 1 and more where a person has added some."""
        return self.standing.total / self.standing.max_score if self.standing.max_score else 0.0


@dataclass(frozen=True)
class GradedClass:
    """absent: who is in the roster or the gradebook and has handed in nothing. waiting: whose submission is not
    graded yet. by_hand: {(student's id, cell): what a person has given}."""

    assignment: Assignment
    students: Sequence[GradedStudent]
    absent: Sequence[str]
    waiting: Sequence[str]
    by_hand: Mapping[tuple[str, str], ByHand] = field(default_factory=dict)


def read_class(course: Course, assignment: Assignment, *, pseudonymous: bool = False) -> GradedClass:
    """The class as it stands in journal and gradebook. Raises NothingGraded.

    pseudonymous: with numbers in place of names, the same in each report of the course.
    """
    entries = Journal(course.journal(assignment.id)).latest()
    present, roster = course.students(assignment.id), read_roster(course)
    with open_gradebook(course) as book, book.engine.connect() as connection:
        everybody = sorted(connection.scalars(select(Student.__table__.c.id)))
        absent = _absent(roster, everybody, present)
        known = {*everybody, *present, *absent}
        names = pseudonyms(course, known) if pseudonymous else {one: roster.shown(one) for one in known}
        standings = read_standings(connection, assignment.id, sorted(entries.keys() & set(present)))
        by_hand = read_all_by_hand(connection, assignment.id)
    graded = [student for student in standings if entries[student].verdict.status != Status.FAILED]
    if not graded:
        raise NothingGraded(assignment.id)
    found = [
        GradedStudent(names[one], entries[one].verdict, standings[one], _hints(course, assignment, one))
        for one in graded
    ]
    waiting = [names[student] for student in present if student not in graded]
    of_graded = {(student, cell): given for (student, cell), given in by_hand.items() if student in graded}
    return GradedClass(assignment, found, [names[student] for student in absent], waiting, of_graded)


def _absent(roster: Roster, everybody: Sequence[str], present: Sequence[str]) -> list[str]:
    """Those of the roster, where there is one, and of the gradebook who handed in nothing, nor has their group."""
    known = {*roster.students, *roster.group_ids, *present}
    others = [one for one in everybody if one not in known]
    return [*(one.id for one in roster.absent(present)), *others]


def _hints(course: Course, assignment: Assignment, student: str) -> frozenset[str]:
    notebook = course.submitted(assignment.id, student) / f"{assignment.id}.ipynb"
    return find_hints(notebook.read_bytes()) if notebook.is_file() else frozenset()
