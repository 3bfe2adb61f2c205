"""A term's report: each assignment, and each student over all of them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from cnngrader.course import Course
from cnngrader.errors import NothingGraded
from cnngrader.reporting.class_report import ClassReport, make_class_report
from cnngrader.reporting.graded_class import read_class


@dataclass(frozen=True)
class TermReport:
    """shares: {student: {assignment: share of its points, None where there is nothing}}."""

    assignments: Sequence[ClassReport]
    shares: Mapping[str, Mapping[str, float | None]]


def make_class_reports(course: Course, *, pseudonymous: bool = False) -> list[ClassReport]:
    """Of each assignment of which something is graded."""
    reports = []
    for id in course.ids():
        with suppress(NothingGraded):
            graded = read_class(course, course.assignment(id), pseudonymous=pseudonymous)
            reports.append(make_class_report(graded))
    return reports


def make_term_report(reports: Sequence[ClassReport]) -> TermReport:
    names: set[str] = set()
    for report in reports:
        names |= {student.name for student in report.graded.students} | {*report.graded.absent, *report.graded.waiting}
    shares: dict[str, dict[str, float | None]] = {name: {} for name in sorted(names)}
    for report in reports:
        own = {student.name: student.share for student in report.graded.students}
        for name in shares:
            shares[name][report.graded.assignment.id] = own.get(name)
    return TermReport(reports, shares)
