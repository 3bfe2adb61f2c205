"""Written answers as graders read them, question by question."""

from dataclasses import dataclass
from functools import cached_property

from markdown_it import MarkdownIt
from markupsafe import Markup

from cnngrader.assignment import Assignment
from cnngrader.cells import id_of
from cnngrader.course import Course
from cnngrader.errors import UsageError
from cnngrader.gradebook.autograded import Autograded
from cnngrader.gradebook.by_hand import ByHand, read_all_by_hand
from cnngrader.gradebook.grader_split import split_of
from cnngrader.gradebook.item_counts import ItemCount, count_items
from cnngrader.gradebook.itemised_comment import GivenItem, ItemisedComment
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.gradebook.outdated_items import Outdated, find_outdated
from cnngrader.gradebook.standing import CellScore
from cnngrader.pseudonyms import pseudonyms
from cnngrader.rubric_item import items_of
from cnngrader.serving.class_table import read_table
from cnngrader.showing.markdown import clean_markdown
from cnngrader.showing.outputs import clean_html


@dataclass(frozen=True)
class Answer:
    """One student's. key: by which forms tell the student, and name: what graders read; both pseudonyms where they are
    to be blind. number: its place on the page, from 1."""

    student: str
    key: str
    name: str
    cell: CellScore
    by_hand: ByHand
    number: int

    @property
    def comment(self) -> ItemisedComment:
        return ItemisedComment.read(self.by_hand.comment)

    @property
    def set_score(self) -> float | None:
        """What a person has given, where that is not what the items come to."""
        return None if self.by_hand.score == self.comment.points(self.cell.max_score) else self.by_hand.score

    @property
    def given(self) -> dict[str, GivenItem]:
        return {item.name: item for item in self.comment.items}


class WrittenAnswers:
    """Of an assignment, those that one grader reads; all of them for no grader in particular. Raises UsageError for a
    grader who has none."""

    def __init__(self, course: Course, assignment: Assignment, grader: str = ""):
        self.course, self.assignment, self.grader = course, assignment, grader
        self.table = read_table(course, assignment)
        students = [row.student for row in self.table.rows]
        self.split = split_of(course, assignment.id, students)
        if grader and grader not in self.split.graders:
            graders = ", ".join(self.split.graders) or "nobody in particular"
            raise UsageError(f"{assignment.id} is graded by {graders}, and not by {grader!r}. See: cnnkit assign")
        self._shown = {row.student: row.name for row in self.table.rows}
        self._keys = dict(zip(students, students, strict=True))
        if self.split.blind:
            self._shown = self._keys = pseudonyms(course, students)

    @property
    def left(self) -> dict[str, int]:
        """{grader: answers that wait to be read}"""
        return self.split.left({row.student: row.standing for row in self.table.rows if row.standing})

    @cached_property
    def questions(self) -> dict[str, list[Answer]]:
        """{question: answers of those who are graded}, in the order of their names."""
        found: dict[str, list[Answer]] = {}
        order = (lambda row: self._shown[row.student]) if self.split.blind else (lambda row: 0)
        for row in sorted(self.table.rows, key=order):
            if self.grader and self.split.of[row.student] != self.grader:
                continue
            for cell in row.standing.cells if row.standing else ():
                if cell.written:
                    answers = found.setdefault(cell.id, [])
                    by_hand = self._by_hand.get((row.student, cell.id), ByHand())
                    key, name = self._keys[row.student], self._shown[row.student]
                    answers.append(Answer(row.student, key, name, cell, by_hand, len(answers) + 1))
        return found

    def of(self, question: str) -> list[Answer]:
        """Raises UsageError where there is no such question that anybody is graded for."""
        if question not in self.questions:
            raise UsageError(f"{self.assignment.id} has no written answer {question!r} that is graded")
        return self.questions[question]

    def answer(self, question: str, key: str) -> Answer:
        """Raises UsageError for who has none: no other name becomes a path."""
        for answer in self.questions.get(question, ()):
            if answer.key == key:
                return answer
        raise UsageError(f"{key} has no answer {question!r} that is graded")

    def text(self, answer: Answer) -> Markup:
        """HTML that runs nothing."""
        notebook = Autograded(self.course, self.assignment.id).read(answer.student)
        return shown("\n\n".join(part.source for part in notebook.cells if id_of(part) == answer.cell.id))

    def items(self, answer: Answer) -> list[GivenItem]:
        """What can be given for it, as it was given where it was, and behind that what is declared no more."""
        declared = {item.name: GivenItem.of(item) for item in items_of(self.assignment.items, answer.cell.id)}
        return list({**declared, **answer.given}.values())

    def counts(self, question: str) -> dict[str, ItemCount]:
        """{item: how often it was given}, by all graders."""
        counts = count_items(self.assignment.items, self._by_hand)
        return {count.name: count for count in counts if count.question == question and not count.gone}

    @property
    def outdated(self) -> list[Outdated]:
        return find_outdated(self.assignment, self._by_hand)

    @cached_property
    def _by_hand(self) -> dict[tuple[str, str], ByHand]:
        if not self.course.has_gradebook():
            return {}
        with open_gradebook(self.course) as book, book.engine.connect() as connection:
            return read_all_by_hand(connection, self.assignment.id)


def shown(answer: str) -> Markup:
    """A student's markdown as HTML: text, formulas as they are written, links, no element of theirs."""
    html = MarkdownIt("commonmark", {"html": False}).render(clean_markdown(answer))
    return Markup(clean_html(html))  # cleaned of all that runs or loads
