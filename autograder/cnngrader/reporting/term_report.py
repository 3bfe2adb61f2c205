"""A term's report: each assignment, and each student over all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnngrader.reporting.class_report import ClassReport


@dataclass(frozen=True)
class TermReport:
    """shares: {student: {assignment: share of its points, None where there is nothing}}."""

    assignments: Sequence[ClassReport]
    shares: Mapping[str, Mapping[str, float | None]]


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
