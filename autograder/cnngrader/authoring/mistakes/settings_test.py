"""What assignment.toml says of checks and written questions that are not there is told with its line."""

import pytest

from cnngrader.authoring.mistakes.find_mistakes import refuse_mistakes
from cnngrader.authoring.rubric import Rubric
from cnngrader.authoring.scaffold import scaffold
from cnngrader.course import Course
from cnngrader.errors import AuthorError

ITEM = '[[item]]\nquestion = "{}"\nname = "{}"\npoints = {}\ncomment = "c"\n'
BOTH = ITEM.format("lost-and-gained", "place", 1.5) + ITEM.format("lost-and-gained", "shifts", 0.5)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """told(settings): what is said of an assignment with these lines behind its own, without the path."""
    root = tmp_path_factory.mktemp("course")
    course = Course(root, root / "course")
    scaffold(course, "hw")
    path = course.assignment("hw").settings
    own, rubric = path.read_text(encoding="utf-8"), Rubric(course.assignment("hw").rubric)

    def told(settings):
        path.write_text(own + settings, encoding="utf-8")
        try:
            refuse_mistakes(course.assignment("hw"), rubric)
        except AuthorError as error:
            shift = own.count("\n")
            words = str(error).replace(f"{path}, line ", "")
            return "\n".join(
                f"{int(number) - shift}: {rest}"
                for number, _, rest in (line.partition(": ") for line in words.splitlines())
            )
        return ""

    return told


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (BOTH + ITEM.format("lost-and-gained", "wrong term", -0.5), ""),
        ('[audience]\ngraduates = ["window-mean", "lost-and-gained"]\n', ""),
        (BOTH.replace("0.5", "1"), "1: item 'place' and the others of 'lost-and-gained' give 2.5 points, and"),
        (BOTH + ITEM.format("lost", "x", 1), "12: item 'x'.question is 'lost', which is no written question"),
        (ITEM.format("window-mean", "x", 1), "2: item 'x'.question is 'window-mean', which is no written question"),
        (BOTH + ITEM.format("lost-and-gained", "place", -1), "13: item 'place'.name is there twice"),
        (ITEM.format("lost-and-gained", "place (edge)", 2), "3: item 'place (edge)'.name is 'place (edge)', and must"),
        (ITEM.format("lost-and-gained", "", 2), "3: item ''.name is '', and must"),
        (ITEM.format("lost-and-gained", "x", "nan"), "4: item 'x'.points is nan"),
        (ITEM.format("lost-and-gained", "x", '"2"'), "4: item 'x'.points is '2', and must be a number"),
        (BOTH.replace("comment", "coment", 1), "5: item 'place'.coment is unknown; known are comment, name, points"),
        ('[[item]]\nquestion = "lost-and-gained"\npoints = 2\n', "1: item 1.name is missing"),
        ('[audience]\ngraduates = ["window_mean"]\n', "2: audience.graduates 1 is 'window_mean', which is no check"),
        ('[audience]\ngraduates = "window-mean"\n', "audience is one"),
    ],
)
def test_what_is_not_there_is_told_with_its_line(told, settings, words):
    assert (words in told(settings)) if words else not told(settings), told(settings)
