"""Points that a person gives in the browser stand in nbgrader's gradebook, as formgrader would have entered them."""

import re

import pytest

from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.serving.conftest import NAME, WRITTEN
from cnngrader.serving.written_answers import shown

PLACE = f"/assignment/window/written/{WRITTEN}"


def give(site, student, score, comment="", seen_score="", seen_comment=""):
    fields = {"student": student, "score": score, "comment": comment}
    return site.send(PLACE, PLACE, **fields, seen_score=seen_score, seen_comment=seen_comment)


def stands(site, student):
    with open_gradebook(site.course) as book:
        grade = book.find_grade(WRITTEN, "window", "window", student)
        comment = book.find_comment(WRITTEN, "window", "window", student)
        return grade.manual_score, grade.needs_manual_grade, comment.manual_comment


def test_all_answers_of_a_question_stand_on_its_page(site):
    text = site.get(PLACE)[2]
    assert len(re.findall('<section class="answer"', text)) == 3
    assert "It is <strong>lost</strong> where things are." in text
    assert "javascript:" not in re.findall(r'href="([^"]*)"', text)


def test_points_and_comment_go_into_the_gradebook(site):
    assert stands(site, NAME) == (None, True, None)
    assert give(site, NAME, "1,5", "Good <b>\r\nsecond")[0] == 200
    assert stands(site, NAME) == (1.5, False, "Good <b>\nsecond")
    assert "Good &lt;b&gt;" in site.get(PLACE)[2]
    assert give(site, NAME, "", "", "1.5", "Good <b>\nsecond")[0] == 200
    assert stands(site, NAME) == (None, True, None)


@pytest.mark.parametrize("score", ["-1", "2.5", "nan", "inf", "many"])
def test_what_is_no_number_of_points_is_refused_and_told(site, score):
    status, _, text = give(site, "ana", score)
    assert status == 409 and "is no number of points from 0 to 2" in text
    assert stands(site, "ana") == (None, True, None)


def test_what_somebody_else_has_given_meanwhile_is_not_written_over(site):
    assert give(site, "béla", "1", "mine")[0] == 200
    status, _, text = give(site, "béla", "2", "yours")
    assert status == 409 and "somebody has given 1 points meanwhile" in text
    assert stands(site, "béla") == (1.0, False, "mine")


def test_nobody_gets_points_who_has_no_answer(site):
    assert give(site, "caj us", "1")[0] == 409
    assert give(site, "nobody", "1")[0] == 409


@pytest.mark.parametrize(
    "answer",
    [
        "<script>alert(1)</script>",
        "[a](javascript:alert(1))",
        "![a](https://evil.example/x.png)",
        "<div data-commandlinker-command=terminal:create-new onclick=alert(1)>here</div>",
        "<form action=https://evil.example><input name=q></form>",
        "[a]: javascript:alert(1)\n[a]",
    ],
)
def test_nothing_of_an_answer_runs_or_loads(answer):
    html = shown(answer)
    for tag in re.findall(r"<[^>]*>", html):
        assert re.fullmatch(r"</?(p|a|code|pre|em|strong)( (href=\"https?://[^\"]*\"|rel=\"[\w ]*\"))*>", tag), html
