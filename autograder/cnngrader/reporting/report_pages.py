"""Reports as pages: one file each, without anything that runs or is loaded."""

from datetime import datetime
from pathlib import Path

from cnngrader.course import Course
from cnngrader.files import OWNER_ALONE, write_whole
from cnngrader.pages.templates import templates
from cnngrader.reporting.class_report import BINS, ClassReport
from cnngrader.reporting.term_report import TermReport
from cnngrader.when import at

MOST_MISTAKES = 15
TERM = "term"


def write_class_page(course: Course, report: ClassReport) -> Path:
    """Write course/reports/ID.html; returns the path."""
    return _write(course.report(report.graded.assignment.id), class_page(course, report))


def class_page(course: Course, report: ClassReport) -> str:
    title = report.graded.assignment.title
    return _render("report.html.j2", course, title=title, report=report, spread=_spread(report))


def write_term_page(course: Course, term: TermReport) -> Path:
    """Write course/reports/term.html; returns the path."""
    return _write(course.report(TERM), term_page(course, term))


def term_page(course: Course, term: TermReport) -> str:
    return _render("term.html.j2", course, term=term)


def _spread(report: ClassReport) -> str:
    """The histogram in words."""
    parts = [f"{count} from {100 // BINS * place} %" for place, count in enumerate(report.histogram) if count]
    return f"Histogram of students by percent of the points: {', '.join(parts)}."


def _render(template: str, course: Course, **values: object) -> str:
    made = at(datetime.now().astimezone(), course.zone)
    return templates("cnngrader.reporting").get_template(template).render(made=made, most=MOST_MISTAKES, **values)


def _write(path: Path, page: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, page, OWNER_ALONE)
    return path
