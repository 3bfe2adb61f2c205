"""Points that a person gives in the browser stand in nbgrader's gradebook, as formgrader would have entered them."""

import re

import pytest

from cnngrader.gradebook.by_hand import ByHand, enter_by_hand
from cnngrader.gradebook.grader_split import share_out
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.pseudonyms import pseudonyms
from cnngrader.serving.app import make_app
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


# Items


ITEM = '[[item]]\nquestion = "lost-and-gained"\nname = "{}"\npoints = {}\ncomment = "{}"\n'
ITEMS = ITEM.format("place", 1.5, "<b> is lost") + ITEM.format("shifts", 0.5, "") + ITEM.format("wrong term", -0.5, "t")


@pytest.fixture
def settings(site):
    """Writes items behind the assignment's own settings."""
    path = site.course.assignment("window").settings
    own = path.read_text(encoding="utf-8")
    yield lambda items: path.write_text(own + items, encoding="utf-8")
    path.write_text(own, encoding="utf-8")


@pytest.fixture
def graded(site):
    """Nobody has given anything before, nor after."""

    def forget():
        for student in ("ana", "béla", NAME):
            score, _, comment = stands(site, student)
            enter_by_hand(site.course, "window", student, WRITTEN, ByHand(), ByHand(score, comment or ""))

    forget()
    yield
    forget()


def click(site, student, items, score="", comment="", seen=(None, None), place=PLACE):
    fields = {"student": student, "item": items, "score": score, "comment": comment}
    return site.send(place, place, **fields, seen_score="" if seen[0] is None else seen[0], seen_comment=seen[1] or "")


def test_clicked_items_are_points_and_comment(site, settings, graded):
    settings(ITEMS)
    assert site.get(PLACE)[2].count('type="checkbox"') == 9
    assert click(site, "ana", ["place", "wrong term"], comment="So so.")[0] == 200
    said = "place (+1.5): <b> is lost\nwrong term (-0.5): t\nSo so."
    assert stands(site, "ana") == (1.0, False, said)
    assert click(site, "ana", ["shifts"], "2", seen=(1.0, said))[0] == 200
    assert stands(site, "ana") == (2.0, False, "shifts (+0.5)")
    text = site.get(PLACE)[2]
    assert 'placeholder="0.5" value="2"' in text and "&lt;b&gt; is lost" in text and "<b> is lost" not in text
    assert click(site, "ana", [], seen=(2.0, "shifts (+0.5)"))[0] == 200
    assert stands(site, "ana") == (None, True, None)


def test_an_answer_comes_back_alone_as_it_is_saved(site, settings, graded):
    settings(ITEMS)
    fields = {"student": "ana", "score": "", "comment": "", "seen_score": "", "seen_comment": ""}
    status, _, text = site.send(PLACE, PLACE, **fields, item=["place"], alone="1")
    assert status == 200 and text.count("<section") == 1 and "saved: 1.5 points" in text and "<html" not in text


def test_what_nobody_may_click_gives_nothing(site, settings, graded):
    settings(ITEMS)
    assert click(site, "ana", ["place", "no such", "shifts (+9)"])[0] == 200
    assert stands(site, "ana")[0] == 1.5


def test_items_that_have_changed_are_told_and_applied(site, settings, graded):
    settings(ITEMS)
    click(site, "ana", ["place"])
    click(site, "béla", ["shifts"], "2")
    settings(ITEMS.replace("1.5", "1.25").replace("0.5", "0.75", 1))
    questions = "/assignment/window/written"
    assert "2 written answers were given items that assignment.toml has changed since" in site.get(questions)[2]
    assert stands(site, "ana")[0] == 1.5
    assert site.send(questions, "/assignment/window/items")[0] == 200
    assert stands(site, "ana")[::2] == (1.25, "place (+1.25): <b> is lost")
    assert stands(site, "béla")[::2] == (2.0, "shifts (+0.75)")
    assert "has changed since" not in site.get(questions)[2]


# Graders


@pytest.fixture
def shared_out(site):
    yield lambda **options: share_out(site.course, "window", site.course.students("window"), ["a", "b"], **options)
    site.course.journal("window", "graders").unlink(missing_ok=True)


def test_each_grader_has_their_own(site, shared_out):
    split = shared_out(blind=False)
    seen = {}
    for grader in ("a", "b"):
        text = site.get(f"{PLACE}?grader={grader}")[2]
        seen[grader] = [name for name in ("ana", "béla") if f'value="{name}"' in text]
        assert seen[grader] == [name for name in ("ana", "béla") if split.of[name] == grader]
        overview = site.get(f"/assignment/window/written?grader={grader}")[2]
        assert f"Written answers of {grader}" in overview and f"{WRITTEN}?grader={grader}" in overview
    assert seen["a"] != seen["b"]
    assert site.get(f"{PLACE}?grader=")[2].count('<section class="answer"') == 3
    assert site.get(f"{PLACE}?grader=c")[0] == 404
    other = "ana" if "ana" not in seen["a"] else "béla"
    assert click(site, other, [], "1", place=f"{PLACE}?grader=a")[0] == 409


def test_blind_graders_see_no_name(site, shared_out, graded):
    shared_out(blind=True)
    for place in (PLACE, f"{PLACE}?grader=a"):
        text = site.get(place)[2]
        told = re.findall(r'<h2 id="name-\d+">(.*?)</h2>|name="student" value="(.*?)"', text)
        assert told and all(re.fullmatch(r"s-[0-9a-f]{10}", "".join(one)) for one in told)
        assert told[::2] == sorted(told[::2])
    key = pseudonyms(site.course, ["ana"])["ana"]
    assert click(site, "ana", [], "1")[0] == 409
    assert click(site, key, [], "1")[0] == 200 and stands(site, "ana")[0] == 1.0


def test_the_server_may_be_one_graders(site, shared_out):
    split = shared_out(blind=False)
    app = make_app(site.course, site.access, site.runs, 1, grader="b")
    assert app.settings["grader"] == "b" and split.students_of("b")
