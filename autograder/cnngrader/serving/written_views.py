"""Pages of written answers, and the form of each."""

import math
from urllib.parse import quote, urlencode

from cnngrader.errors import UsageError
from cnngrader.gradebook.by_hand import ByHand, enter_by_hand
from cnngrader.gradebook.itemised_comment import ItemisedComment
from cnngrader.gradebook.outdated_items import bring_up, tell_outdated
from cnngrader.serving.handler import Handler
from cnngrader.serving.written_answers import Answer, WrittenAnswers


class WrittenHandler(Handler):
    """The grader is the one that the address names, else the one whom the server was started for."""

    def answers(self, id: str) -> WrittenAnswers:
        assignment = self.assignment(id)
        named = self.get_query_argument("grader", None)
        if named is not None:
            return WrittenAnswers(self.course, assignment, named)
        everybody = WrittenAnswers(self.course, assignment)
        own = self.settings["grader"]
        return WrittenAnswers(self.course, assignment, own) if own in everybody.split.graders else everybody

    def place(self, answers: WrittenAnswers, question: str = "") -> str:
        """The address of a question, or of all."""
        place = f"/assignment/{answers.assignment.id}/written" + (f"/{quote(question, safe='')}" if question else "")
        return f"{place}?{urlencode({'grader': answers.grader})}" if answers.split.graders else place

    def common(self, answers: WrittenAnswers) -> dict[str, object]:
        return {"assignment": answers.assignment, "answers": answers, "place_of": lambda q: self.place(answers, q)}


class QuestionsView(WrittenHandler):
    """Every question, who grades, and what is left."""

    def get(self, id: str) -> None:
        answers = self.answers(id)
        told = tell_outdated(answers.assignment, answers.outdated)
        self.show("questions_view.html.j2", **self.common(answers), outdated=told)


class BringUp(WrittenHandler):
    """Has items count as they are now, where they were given as they were before."""

    def post(self, id: str) -> None:
        answers = self.answers(id)
        bring_up(self.course, answers.assignment.id, answers.outdated)
        self.redirect(self.place(answers), status=303)


class QuestionView(WrittenHandler):
    """All answers to one question; a form gives points for one."""

    def get(self, id: str, question: str) -> None:
        answers = self.answers(id)
        answers.of(question)
        self.show("question_view.html.j2", **self.common(answers), question=question, saved=False)

    def post(self, id: str, question: str) -> None:
        answers = self.answers(id)
        answer = answers.answer(question, self.get_body_argument("student", strip=False))
        given = self._given(answers, answer)
        seen = ByHand(_score(self.get_body_argument("seen_score")), _text(self.get_body_argument("seen_comment")))
        enter_by_hand(self.course, answers.assignment.id, answer.student, question, given, seen)
        if self.get_body_argument("alone", ""):
            answers = self.answers(id)
            saved = answers.answer(question, answer.key)
            self.show("answer_view.html.j2", **self.common(answers), question=question, answer=saved, saved=True)
        else:
            self.redirect(f"{self.place(answers, question)}#answer-{answer.number}", status=303)

    def _given(self, answers: WrittenAnswers, answer: Answer) -> ByHand:
        """Points as they are written; where none are, what the items come to that are clicked."""
        clicked = self.get_body_arguments("item", strip=False)
        items = tuple(item for item in answers.items(answer) if item.name in clicked)
        comment = ItemisedComment.read(ItemisedComment(items, _text(self.get_body_argument("comment"))).text)
        score = _score(self.get_body_argument("score"), answer.cell.max_score)
        return ByHand(comment.points(answer.cell.max_score) if score is None else score, comment.text)


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
