"""Each usual mistake of an author is told, with its line, before anything is run; and nothing that is right."""

from dataclasses import replace
from pathlib import Path

import pytest

from cnngrader.authoring.mistakes.find_mistakes import refuse_mistakes
from cnngrader.authoring.rubric import Rubric
from cnngrader.authoring.scaffold import scaffold
from cnngrader.course import Course
from cnngrader.course_file import Students
from cnngrader.errors import AuthorError, UsageError

ROOT = Path(__file__).resolve().parents[4]
REGION = "    ### BEGIN SOLUTION\n"
TABLE = "| part | points |\n# |---|---|\n# | mean | {} |\n#\n# Say what"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """What `cnnkit new` writes."""
    root = tmp_path_factory.mktemp("course")
    course = Course(root, root / "course")
    scaffold(course, "hw")
    assignment = course.assignment("hw")
    return assignment, assignment.source.read_text(encoding="utf-8"), Rubric(assignment.rubric)


@pytest.fixture
def told(written, tmp_path):
    """told(old, new): what is said of the notebook with this in place of that."""
    assignment, source, rubric = written

    def told(old="", new="", files=(), there=(), **changes):
        assert old in source
        folder = tmp_path / "hw"
        (folder / "files").mkdir(parents=True)
        (folder / "hw.py").write_text(source.replace(old, new, 1) if old else source, encoding="utf-8")
        for name in there:
            (folder / "files" / name).write_bytes(b"1")
        try:
            refuse_mistakes(replace(assignment, folder=folder, files=tuple(files), **changes), rubric)
        except AuthorError as error:
            return str(error).replace(f"{folder / 'hw.py'}:", "")
        return ""

    return told


@pytest.mark.parametrize("id", sorted(path.parent.name for path in ROOT.glob("solutions/*/assignment.toml")))
def test_nothing_is_said_of_what_is_right(id):
    assignment = Course(ROOT, ROOT / "course").assignment(id)
    refuse_mistakes(assignment, Rubric(assignment.rubric))


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('answer="', 'anwser="', 18, "Did you mean answer?"),
        ('answer="window-mean"', 'answer="window-mean', 18, "the options of this cell cannot be read"),
        ('answer="window-mean"', "answer=window-mean", 18, "in quotes"),
        ('answer="window-mean"', 'answer="window-mean", points=3', 18, "no comma follows"),
        ('grade="window-mean"', 'grade="window-mean" points=3', 25, "points= is for manual="),
        (REGION, REGION.replace("SOLUTION", "SOLUTON"), 21, "is no mark; write ### BEGIN SOLUTION"),
        (REGION, REGION * 2, 22, "within another, of line 21"),
        (REGION, "", 22, "without a '### BEGIN SOLUTION' above it"),
        ("    ### END SOLUTION\n", "", 21, "without a '### END SOLUTION' below it"),
        (REGION, f"    ### BEGIN HIDDEN TESTS\n{REGION}", 21, "hidden=True"),
        ("import numpy as np\n", f"import numpy as np\n{REGION.strip()}\n", 8, "students would see the solution"),
        ("/ window.size", "/ window.size)", 22, "the code cannot be read: unmatched ')'"),
        ("import numpy as np", "import nbgrader", 7, "does not come with cnnkit"),
        ("    return np.sum", "    import no_such\n    return np.sum", 22, "not installed here"),
        ("Say what", "![a](plot.png)", 4, "the picture 'plot.png'"),
        ("Say what", '<IMG alt="a" src="files/a%20b.png">', 4, "the picture 'files/a%20b.png'"),
        (
            "Say what",
            TABLE.format("2,5 |\n# | **total** | 3"),
            4,
            "2.5 points",
        ),
        ("def window_mean", "def windowmean", 0, "asks for window_mean, which no cell defines"),
    ],
)
def test_a_mistake_is_told_with_its_line(told, old, new, line, words):
    found = told(old, new).splitlines()
    assert [each for each in found if words in each and (not line or each.startswith(f"{line}: "))], found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import numpy as np", "%matplotlib inline\nimport json, sklearn.svm, table  # sum, see table.py"),
        ("Say what", "![a](https://example.org/a.png) ![b](attachment:b.png) <img src='table.py' alt='ours'>"),
        (
            "Say what",
            "| part | points |\n# |---|---|\n# | mean | **3** |\n# | words | 2 |\n# | sum | 5 |\n#\n# Say what",
        ),
        ("Say what", TABLE.format("3.5 |\n# | 2 | 1.5")),
        ("# Say what", "# BEGIN with a solution of your own. Say what"),
        ('# %% answer="', '# %% tags=["hard"] answer="'),
    ],
)
def test_what_only_looks_like_one_is_none(told, old, new):
    assert told(old, new, files=["table.py"], there=["table.py"]) == ""


def test_files_that_are_not_given_out_and_names_that_are_taken_are_told(told, monkeypatch):
    monkeypatch.setattr("cnngrader.authoring.mistakes.beside.LARGEST_MB", 0)
    found = told(files=["checks.py"], there=["checks.py", "left.csv", ".DS_Store"])
    assert "files/left.csv is not given out" in found and ".DS_Store" not in found
    assert "a release writes a checks.py of its own" in found and "each student gets it" in found


def test_packages_that_a_courses_students_have_are_no_mistake(told):
    assert told("import numpy as np", "import no_such.part", students=Students(packages=("no_such",))) == ""


def test_a_function_that_is_called_as_a_test_and_is_none_is_told(written):
    assignment, _, _ = written
    text = assignment.rubric.read_text(encoding="utf-8")
    assignment.rubric.write_text(f"{text}\n\ndef test_other(submission):\n    assert False\n", encoding="utf-8")
    try:
        with pytest.raises(AuthorError, match="test_other is not marked @graded"):
            refuse_mistakes(assignment, Rubric(assignment.rubric))
    finally:
        assignment.rubric.write_text(text, encoding="utf-8")


def test_a_word_of_pythons_is_no_id(written):
    assignment, _, _ = written
    root = assignment.folder.parents[1]
    with pytest.raises(UsageError, match="word of Python"):
        scaffold(Course(root, root / "course"), "class")
