"""Written answers question by question, and the form of each."""

import math
from dataclasses import dataclass
from urllib.parse import quote

from markdown_it import MarkdownIt
from markupsafe import Markup

from cnngrader.cells import id_of
from cnngrader.errors import UsageError
from cnngrader.gradebook.autograded import Autograded
from cnngrader.gradebook.by_hand import ByHand, enter_by_hand, read_by_hand
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.gradebook.standing import CellScore
from cnngrader.serving.class_table import ClassRow, ClassTable, read_table
from cnngrader.serving.handler import Handler
from cnngrader.showing.markdown import clean_markdown
from cnngrader.showing.outputs import clean_html


@dataclass(frozen=True)
class Answer:
    """One student's. text: HTML that runs nothing."""

    row: ClassRow
    cell: CellScore
    text: Markup
    by_hand: ByHand


def find_questions(table: ClassTable) -> dict[str, list[tuple[ClassRow, CellScore]]]:
    """{question: the cells of those who are graded}."""
    found: dict[str, list[tuple[ClassRow, CellScore]]] = {}
    for row in table.rows:
        for cell in row.standing.cells if row.standing else ():
            if cell.written:
                found.setdefault(cell.id, []).append((row, cell))
    return found


def shown(answer: str) -> Markup:
    """A student's markdown as HTML: text, formulas as they are written, links, no element of theirs."""
    html = MarkdownIt("commonmark", {"html": False}).render(clean_markdown(answer))
    return Markup(clean_html(html))  # cleaned of all that runs or loads


class QuestionsView(Handler):
    def get(self, id: str) -> None:
        table = read_table(self.course, self.assignment(id))
        self.show("questions_view.html.j2", assignment=table.assignment, questions=find_questions(table))


class QuestionView(Handler):
    """All answers to one question; a form gives points for one."""

    def get(self, id: str, question: str) -> None:
        table = read_table(self.course, self.assignment(id))
        cells = find_questions(table).get(question)
        if cells is None:
            raise UsageError(f"{table.assignment.id} has no written answer {question!r} that is graded")
        autograded, answers = Autograded(self.course, table.assignment.id), []
        with open_gradebook(self.course) as book, book.engine.connect() as connection:
            for row, cell in cells:
                notebook = autograded.read(row.student)
                text = "\n\n".join(part.source for part in notebook.cells if id_of(part) == question)
                by_hand = read_by_hand(connection, table.assignment.id, row.student, question)
                answers.append(Answer(row, cell, shown(text), by_hand))
        self.show("question_view.html.j2", assignment=table.assignment, question=question, answers=answers)

    def post(self, id: str, question: str) -> None:
        assignment = self.assignment(id)
        student = self.student(assignment, self.get_body_argument("student", strip=False))
        cells = find_questions(read_table(self.course, assignment)).get(question, ())
        most = {row.student: cell.max_score for row, cell in cells}
        if student not in most:
            raise UsageError(f"{student} has no answer {question!r} that is graded")
        given = ByHand(_score(self.get_body_argument("score"), most[student]), _text(self.get_body_argument("comment")))
        seen = ByHand(_score(self.get_body_argument("seen_score")), _text(self.get_body_argument("seen_comment")))
        enter_by_hand(self.course, assignment.id, student, question, given, seen)
        place = f"/assignment/{assignment.id}/written/{quote(question)}"
        self.redirect(f"{place}#answer-{list(most).index(student) + 1}", status=303)


def _text(field: str) -> str:
    """As it was typed; forms end lines as mails do."""
    return field.replace("\r\n", "\n").strip()


def _score(field: str, most: float = math.inf) -> float | None:
    """Raises UsageError for what is no number of points. most: of the question."""
    if not (written := field.strip().replace(",", ".")):
        return None
    try:
        score = float(written)
    except ValueError:
        score = math.nan
    if not (0 <= score <= most and math.isfinite(score)):
        raise UsageError(f"{field!r} is no number of points from 0 to {most:g}")
    return score
