"""A student's page says what the gradebook says, section by section of the notebook."""

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import nbformat
import pytest

from cnngrader.gradebook.standing import CellComment, CellScore, Standing
from cnngrader.pages.feedback import by_tests_alone, render
from cnngrader.pages.sections import headings, sections
from cnngrader.submission.verdict import TestVerdict, Verdict

ASSIGNMENTS = Path(__file__).resolve().parents[3] / "assignments"


def score(id, most, tests, by_hand=None, *, written=False, asks=False, extra=0.0):
    return CellScore("n", id, most, tests, by_hand, extra, written, asks)


def cell(id, source="", kind="code", **mark):
    new = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    return new(source, metadata={"nbgrader": {"grade_id": id, **mark}} if id else {})


TEMPLATE = nbformat.v4.new_notebook(
    cells=[
        cell("", "# The title", "markdown"),
        cell("", "Before.\n\n## 1 First `of` *two*\n```\n## no heading\n```", "markdown"),
        cell("answer-a", "a = 1"),
        cell("a", 'check("a")'),
        cell("", "That was 1.\n\n## 2 Second\n\nText.", "markdown"),
        cell("why", "Because.", "markdown"),
    ]
)
TESTS = [TestVerdict("test_a", "a", "A", 3.0, 2.0, "nearly.")]
VERDICT = Verdict("ana", "n", "graded", "", 1.0, TESTS, [], [], [], "")
NIGHT = datetime(2026, 3, 9, 0, 10, tzinfo=UTC)


def page(*cells, comments=None, **standing):
    """The page's words, those of a line apart by one space."""
    text = render(
        "T", TEMPLATE, VERDICT, Standing(list(cells), **standing), comments or {}, timezone(timedelta(hours=1))
    )
    body = re.sub(r"(?s).*<body>|<[^>]*>", " ", text)
    return " ".join(body.split())


def test_a_section_is_a_heading_wherever_it_stands_in_its_cell():
    standing = Standing([score("a", 3.0, 2.0), score("why", 2.0, None, written=True, asks=True)])
    found = sections(TEMPLATE, TESTS, standing, {})
    assert [(s.title, [card.id for card in s.cards]) for s in found] == [
        ("1 First of two", ["a"]),
        ("2 Second", ["why"]),
    ]


@pytest.mark.parametrize("id", [path.name for path in sorted(ASSIGNMENTS.iterdir())])
def test_every_chapter_of_an_assignment_that_has_points_is_a_section(id):
    notebook = nbformat.read(ASSIGNMENTS / id / f"{id}.ipynb", as_version=4)
    chapters, points = "", []
    for one in notebook.cells:
        chapters += one.source + "\n" if one.cell_type == "markdown" else ""
        mark = one.metadata.get("nbgrader", {})
        if mark.get("grade"):
            points.append((re.findall(r"(?m)^## (.+)", chapters)[-1].replace("`", ""), mark["grade_id"]))
    standing = Standing([score(id, 1.0, 1.0) for _, id in points])
    found = sections(notebook, [], standing, {})
    assert [(section.title, card.id) for section in found for card in section.cards] == points


@pytest.mark.parametrize(
    ("markdown", "found"),
    [
        ("text\n# A\ntext", [(1, "A")]),
        ("# A\n\n~~~\n# B\n~~~\n## C", [(1, "A"), (2, "C")]),
        ("```python\n# B\n", []),
        ("    # code", []),
        ("#hash and # in a line", []),
        ("A\n===\n\nB\n---", [(1, "A"), (2, "B")]),
        ("# The $n$ *best* `x_y` of [this](http://x) #", [(1, "The n best x_y of this")]),
        ("> # quoted\n\n- # listed", []),
    ],
)
def test_headings_are_those_that_jupyter_shows(markdown, found):
    assert list(headings(markdown)) == found


def test_points_by_tests_by_hand_and_for_lateness_make_the_total():
    shown = page(
        score("a", 3.0, 2.0, 2.5),
        score("why", 2.0, None, 1.5, written=True),
        penalty=1.0,
        submitted=NIGHT,
        due=NIGHT - timedelta(hours=1, minutes=10),
    )
    assert "3 of 5 points By tests 0 By hand 4 Taken off for being late 1 Handed in" in shown
    assert "Handed in 2026-03-09 01:10 UTC+01:00, 1 h 10 min late" in shown
    assert "A person has set this check to 2.5 of 3 points." in shown


def test_a_written_answer_that_nobody_has_read_is_waiting_and_not_lost():
    shown = page(score("a", 3.0, 2.0), score("why", 2.0, None, written=True, asks=True))
    assert "2 of 5 points By tests 2 Waiting 2, for written answers that nobody has read yet" in shown
    assert "1 First of two 2 of 3 2 Second 2 waiting" in shown
    assert "why waiting, 2 possible" in shown and "0 of 2" not in shown


def test_a_written_answer_that_was_read_and_then_changed_has_its_points():
    shown = page(score("a", 3.0, 2.0), score("why", 2.0, None, 1.5, written=True, asks=True))
    assert "2 Second 1.5 of 2" in shown and "who is asked to read it again" in shown and "aiting" not in shown


def test_comments_are_shown_where_they_were_made():
    comments = {"answer-a": CellComment("Nice & <short>.", ""), "why": CellComment("", "No response.")}
    shown = page(score("a", 3.0, 2.0), score("why", 2.0, 0.0, written=True), comments=comments)
    assert "a your answer Comment: Nice &amp; &lt;short&gt;." in shown
    assert "why 0 of 2 A written answer, graded by a person. Comment: No response." in shown


def test_a_total_is_not_below_0():
    assert Standing([score("a", 3.0, 2.0)], penalty=2.5).total == 0.0


def test_without_a_gradebook_the_tests_points_count():
    standing = by_tests_alone(VERDICT)
    assert (standing.total, standing.max_score, standing.by_hand, standing.waiting) == (2.0, 3.0, 0.0, 0.0)


def test_the_check_that_cost_most_is_what_to_look_at_first():
    shown = page(score("a", 3.0, 1.0), score("why", 4.0, None, 3.5, written=True))
    assert "Look first at a , which cost 2 points: nearly." in shown
    assert "Look first" not in page(score("a", 3.0, 3.0), score("why", 2.0, None, written=True))


def test_an_own_answer_is_shown_as_text_beside_its_comment():
    standing = Standing([score("a", 3.0, 2.0), score("why", 2.0, None, 1.0, written=True)])
    comments, answers, attempts = {"why": CellComment("Yes.", "")}, {"why": "<b>So</b>"}, "3 of 3: the last one counts"
    text = render("T", TEMPLATE, VERDICT, standing, comments, None, answers, attempts)
    assert '<pre class="answer">&lt;b&gt;So&lt;/b&gt;</pre>' in text
    assert text.index("&lt;b&gt;So") < text.index("Yes.")
    assert "3 of 3: the last one counts" in text


def test_a_picture_of_a_wrong_answer_stands_below_its_test_and_says_what_it_shows():
    standing = Standing([score("a", 3.0, 2.0)])
    shown = render(
        "T", TEMPLATE, VERDICT, standing, {}, pictures={"test_a": ("aGk=", "yours & expected"), "gone": ("", "")}
    )
    (image,) = re.findall(r"<img[^>]*>", shown)
    assert 'src="data:image/png;base64,aGk="' in image and 'alt="yours &amp; expected"' in image
    assert shown.index("nearly.") < shown.index(image)


@pytest.mark.parametrize(("comment", "opened"), [("Well said.", True), ("", False)])
def test_an_answer_lies_open_beside_its_comment(comment, opened):
    standing = Standing([score("why", 2.0, None, 1.0, written=True)])
    comments = {"why": CellComment(comment, "")}
    shown = render("T", TEMPLATE, VERDICT, standing, comments, answers={"why": "Since."})
    assert ("<details open>" in shown) == opened
    assert shown.index("Since.") < shown.index("Well said.") if comment else "<details>" in shown
