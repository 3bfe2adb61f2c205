"""One self-contained page a student: what was earned, what was lost, and why."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from pathlib import Path
from shlex import quote

import nbformat
from nbformat import NotebookNode

from cnngrader.assignment import Assignment
from cnngrader.attempt_rule import AttemptRule
from cnngrader.cells import id_of, is_answer
from cnngrader.collecting.attempts import Attempt, find_attempts
from cnngrader.course import Course
from cnngrader.errors import NothingGraded, UsageError
from cnngrader.gradebook.autograded import Autograded
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.gradebook.standing import CellComment, CellScore, Standing, comments_of, read_standings
from cnngrader.grading.jobs import read_release
from cnngrader.grading.journal import Journal
from cnngrader.pages.sections import Card, Section, sections
from cnngrader.pages.templates import templates
from cnngrader.roster.audiences import Audiences
from cnngrader.roster.find_student import find_student
from cnngrader.roster.students_file import read_roster
from cnngrader.submission.check_outputs import Picture, find_pictures
from cnngrader.submission.verdict import Verdict
from cnngrader.when import at, how_late


def write_feedback(course: Course, assignment: Assignment, students: Sequence[str]) -> list[Path]:
    """Write course/feedback/STUDENT/<id>/<id>.html for those given, or for all graded; returns the
    paths. Raises UsageError for a student without a grade."""
    written = []
    for student, page in feedback_pages(course, assignment, students):
        path = course.page(assignment.id, student)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
        written.append(path)
    return written


def feedback_pages(course: Course, assignment: Assignment, students: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(student, page) of those given, or of all graded. Raises UsageError for a student without a grade."""
    entries = Journal(course.journal(assignment.id)).latest()
    roster = read_roster(course)
    students = [find_student(student, entries, roster) for student in students]
    for student in students:
        if student not in entries:
            raise UsageError(
                f"{student!r} has no grade for {assignment.id} yet. "
                f"Run: cnnkit grade {assignment.id} --student={quote(student)}"
            )
    if not entries:
        raise NothingGraded(assignment.id)
    template = nbformat.reads(read_release(course, assignment)[f"{assignment.id}.ipynb"].decode(), as_version=4)
    zone = course.zone_of(assignment)
    autograded, audiences = Autograded(course, assignment.id), Audiences(assignment, roster)
    with open_gradebook(course) as book, book.engine.connect() as connection:
        standings = read_standings(connection, assignment.id, students or sorted(entries))
        for student in students or sorted(entries):
            verdict = entries[student].verdict
            standing = standings.get(student) or by_tests_alone(verdict)
            comments = comments_of(connection, assignment.id, student)
            graded = autograded.read(student)
            own = _own_answers(graded, template)
            attempts = tell_attempts(find_attempts(course, assignment.id, student), assignment.attempts)
            pictures = find_pictures(graded)
            not_counting = [
                f"{id}, which is for {audience}"
                for id, audience in audiences.left_out(student).items()
                if id not in {cell.id for cell in standing.cells}
            ]
            page = render(
                assignment.title,
                template,
                verdict,
                standing,
                comments,
                zone,
                own,
                attempts,
                pictures,
                roster.shown(student),
                not_counting,
            )
            yield student, page


def tell_attempts(attempts: Sequence[Attempt], rule: AttemptRule) -> str:
    """Which one of several counts, and why; "" where there is one."""
    if len(attempts) < 2:
        return ""
    times = [attempt.time for attempt in attempts if attempt.time]
    (counting,) = (attempt for attempt in attempts if attempt.counts)
    known = counting.time is not None and len(times) == len(attempts)
    number = f"{1 + sorted(times).index(counting.time)} of " if known and counting.time else ""
    return f"{number}{len(attempts)}: {rule.sentence}"


def _look_first(found: Sequence[Section]) -> Card | None:
    """The check or answer that cost most; of equals the one that comes first."""
    lost = [card for section in found for card in section.cards if card.lost > 0]
    return max(lost, key=lambda card: card.lost, default=None)


def _own_answers(graded: NotebookNode, template: NotebookNode) -> dict[str, str]:
    """{cell: its text} of answers in the autograded notebook, those apart that are as they were given out."""
    given = {cell.source.strip() for cell in template.cells}
    return {id_of(cell): cell.source for cell in graded.cells if is_answer(cell) and cell.source.strip() not in given}


def by_tests_alone(verdict: Verdict) -> Standing:
    """What would stand in a gradebook that has not got the verdict."""
    checks = verdict.checks()
    cells = [CellScore("", c["id"], c["points"], c["earned"], None, 0.0, written=False, asks=False) for c in checks]
    return Standing(cells)


def render(
    title: str,
    template: NotebookNode,
    verdict: Verdict,
    standing: Standing,
    comments: Mapping[str, CellComment],
    zone: tzinfo | None = None,
    answers: Mapping[str, str] | None = None,
    attempts: str = "",
    pictures: Mapping[str, Picture] | None = None,
    name: str = "",
    not_counting: Sequence[str] = (),
) -> str:
    """The page as HTML. Points are the gradebook's: those of the verdict's tests may have been changed by hand.
    zone: that of the time of handing in; None is this machine's. answers: {cell: what the student wrote there}.
    attempts: which of several counts, in words; "" where there is one. pictures: {test: its picture}. name: of the
    student, as it is shown. not_counting: what is for others alone, in words."""
    trouble = None
    if verdict.status.sentence:
        trouble = {"title": verdict.status.sentence, "text": f"{verdict.detail[:1].upper()}{verdict.detail[1:]}."}
    submitted, due = standing.submitted, standing.due
    found = sections(template, verdict.tests, standing, comments, answers)
    return (
        templates()
        .get_template("feedback.html.j2")
        .render(
            title=title,
            student=name or verdict.student,
            standing=standing,
            percent=round(100 * standing.total / standing.max_score) if standing.max_score else 0,
            submitted=at(submitted, zone) if submitted else "",
            late=how_late(submitted, due) if submitted and due else "",
            trouble=trouble,
            sections=found,
            first=_look_first(found),
            attempts=attempts,
            pictures=pictures or {},
            not_counting=not_counting,
            errors=verdict.errors,
            repairs=verdict.repairs,
        )
    )
