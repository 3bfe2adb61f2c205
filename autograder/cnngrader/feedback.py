"""One self-contained page a student: what was earned, what was lost, and why."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from nbformat import NotebookNode

from cnngrader.assignment import Assignment
from cnngrader.course import Course
from cnngrader.errors import UsageError
from cnngrader.gradebook import gradebook
from cnngrader.gradebook.gradebook import Standing, Written
from cnngrader.grading.journal import Journal
from cnngrader.marking.submissions import read_release
from cnngrader.marking.verdict import TestVerdict, Verdict

TROUBLE = {
    "timeout": "Part of the notebook took too long",
    "memory": "The notebook used too much memory",
    "crashed": "The notebook's process ended before its time",
    "invalid": "The file could not be read as a notebook",
}


@dataclass
class Check:
    id: str
    tests: list[TestVerdict]
    override: float | None = None
    comment: str = ""

    @property
    def points(self) -> float:
        return sum(test.points for test in self.tests)

    @property
    def earned(self) -> float:
        return self.override if self.override is not None else sum(test.earned for test in self.tests)


@dataclass
class Section:
    """A heading of the notebook, with the checks and written questions under it."""

    title: str
    anchor: str
    checks: list[Check] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks) + sum(q.max_score for q in self.written)

    @property
    def earned(self) -> float:
        return sum(check.earned for check in self.checks) + sum(q.score or 0.0 for q in self.written)


def write_feedback(course: Course, assignment: Assignment, students: list[str]) -> list[Path]:
    """Write course/feedback/STUDENT/<id>/<id>.html for those given, or for all graded; returns the
    paths. Raises UsageError for a student without a grade."""
    entries = Journal(course.home, assignment.id).latest()
    for student in students:
        if student not in entries:
            raise UsageError(
                f"{student!r} has no grade for {assignment.id} yet. "
                f"Run: cnnkit grade {assignment.id} --student {student}"
            )
    if not entries:
        raise UsageError(f"nothing of {assignment.id} is graded yet. Run: cnnkit grade {assignment.id}")
    template = nbformat.reads(read_release(course, assignment)[f"{assignment.id}.ipynb"].decode(), as_version=4)
    written = []
    for student in students or sorted(entries):
        found = gradebook.standing(course, assignment.id, student)
        page = render(assignment.title, template, entries[student].verdict, found)
        path = course.home / "feedback" / student / assignment.id / f"{assignment.id}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
        written.append(path)
    return written


def render(title: str, template: NotebookNode, verdict: Verdict, standing: Standing | None) -> str:
    """The page as HTML. standing: the gradebook's word, where the submission is in one."""
    sections = [s for s in _sections(template, verdict, standing) if s.checks or s.written]
    score, most = sum(s.earned for s in sections), sum(s.points for s in sections)
    trouble = None
    if verdict.status in TROUBLE:
        trouble = {"title": TROUBLE[verdict.status], "text": f"{verdict.detail[:1].upper()}{verdict.detail[1:]}."}
    return (
        _environment()
        .get_template("feedback.html.j2")
        .render(
            title=title,
            student=verdict.student,
            score=score,
            max_score=most,
            percent=round(100 * score / most) if most else 0,
            waiting=sum(q.max_score for s in sections for q in s.written if q.score is None),
            trouble=trouble,
            sections=sections,
            errors=verdict.errors,
            repairs=verdict.repairs,
        )
    )


def _sections(template: NotebookNode, verdict: Verdict, standing: Standing | None) -> list[Section]:
    by_check: dict[str, list[TestVerdict]] = {}
    for test in verdict.tests:
        by_check.setdefault(test.check, []).append(test)
    written = {question.id: question for question in standing.written} if standing else {}
    sections = [Section("The notebook", "section-0")]
    texts = [cell.source for cell in template.cells if cell.cell_type == "markdown"]
    chapters = sum(text.startswith("# ") for text in texts) > 1  # else the one is the title, and ## are sections
    for cell in template.cells:
        if cell.cell_type == "markdown" and (heading := re.match("# (.+)" if chapters else "#{1,2} (.+)", cell.source)):
            sections.append(Section(re.sub(r"[`*$]", "", heading[1]), f"section-{len(sections)}"))
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name in by_check:
            override = standing.overridden.get(name) if standing else None
            sections[-1].checks.append(
                Check(name, by_check[name], override, standing.comments.get(name, "") if standing else "")
            )
        elif name in written:
            sections[-1].written.append(written[name])
    return sections


def _points(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _code(text: str) -> Markup:
    """`Backquoted` words as code, all else escaped."""
    parts = str(text).split("`")
    return Markup("").join(Markup("<code>{}</code>").format(p) if i % 2 else escape(p) for i, p in enumerate(parts))


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("cnngrader"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters.update(points=_points, code=_code)
    return environment
