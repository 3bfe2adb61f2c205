"""An ordinary nbgrader course: nbgrader's own execution and ours, cell by cell.

What differs on purpose, and is not compared: a notebook's kernel reaches no network, no other file than
those beside it, and no other student; hidden tests do not lie in its folder; memory, processes, disk and
printed output are bounded; TensorFlow's own remarks are silent.
"""

import csv
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from cnngrader.errors import UsageError
from cnngrader.ordinary.confined_execute import shared_parent
from cnngrader.ordinary.ordinary_course import grade_ordinary
from cnngrader.ordinary.ordinary_root import ordinary_root
from cnngrader.sandbox.confine import find_missing

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "plain"
c.Execute.timeout = 2
c.LateSubmissionPlugin.penalty_method = "zero"
"""
AUTOTESTS = """
python3:
    dispatch: "type({{snippet}})"
    normalize: "str({{snippet}})"
    check: 'assert {{snippet}} == "{{value}}", "{{message}}"'
    templates:
        default:
            - test: "{{snippet}}"
              fail: "{{snippet}} is not right"
"""
# Grade cells, each worth 2 points: (id, source). What is written below Python comes a little later.
GRADED = {
    "visible-and-hidden": (
        "assert double(2) == 4\n### BEGIN HIDDEN TESTS\nassert double(3) == 6\n### END HIDDEN TESTS\nprint('fine')"
    ),
    "data-beside": "assert open('data.csv').read() == '1,2\\n'\nassert helper.ONE == 1",
    "made-before": "open('made.txt', 'w').write('here')\nNone",
    "changed-before": "open('data.csv', 'a').write('3,4\\n')\nimport os\nos.remove('more/gone.txt')",
    "environment": "import os\nassert os.environ['NBGRADER_EXECUTION'] == 'autograde'",
    "float": "share",
    "integer": "int(share)",
    "text": "'a text'",
    "truth": "True",
    "negative": "-1.0",
    "printed": "print('a line')",
    "shown-last": "print('first')\n0.5",
    "stderr": "import sys\nprint('a remark', file=sys.stderr)",
    "stderr-below-python": "import os\nos.write(2, b'a remark')\ntime.sleep(0.3)",
    "stderr-of-a-program": "import subprocess\nsubprocess.run('echo remark >&2', shell=True)\ntime.sleep(0.3)",
    "warning": "import warnings\nwarnings.warn('careful')",
    "exception": "no_such_name",
    "wait": "wait()\n1.5",
    "after-wait": "assert double(1) == 2",
    "asks": "input('? ')",
    "exits": "sys.exit(0)",
    "displays": "from IPython.display import display\nfor i in range(3):\n    display(i)",
    "deleted": "assert True",
    "empty": "",
}
RIGHT = "import helper, time\ndef double(x):\n    return 2 * x\nshare = 1.25\nwait = lambda: None"
WRONG = "import helper, time\ndouble = lambda x: 4 if x == 2 else x\nshare = 0.0\nwait = lambda: time.sleep(30)"
NOTHING = "import time"


def mark(cell, id: str, **what):
    kinds = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    cell.metadata.nbgrader = {**kinds, "grade_id": id, "cell_type": cell.cell_type, **what}
    return cell


def notebook(*cells):
    made = new_notebook(cells=list(cells))
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return made


@pytest.fixture(scope="module")
def released(tmp_path_factory) -> Path:
    """A course with its release; nobody has handed in."""
    root = tmp_path_factory.mktemp("plain") / "course"
    source = root / "source" / "ps1"
    source.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    (root / "autotests.yml").write_text(AUTOTESTS)
    (source / "data.csv").write_text("1,2\n")
    (source / "helper.py").write_text("ONE = 1\n")
    (source / "more").mkdir()
    (source / "more" / "gone.txt").touch()
    tests = [mark(new_code_cell(source), id, grade=True, locked=True, points=2) for id, source in GRADED.items()]
    answer = mark(new_code_cell(f"### BEGIN SOLUTION\n{RIGHT}\n### END SOLUTION"), "answer", solution=True)
    written = mark(new_markdown_cell("Because."), "written", grade=True, solution=True, points=3)
    coded = mark(new_code_cell("### BEGIN SOLUTION\n1\n### END SOLUTION"), "coded", grade=True, solution=True, points=4)
    task = mark(new_markdown_cell("Do it."), "task", task=True, locked=True, points=5)
    nbformat.write(notebook(answer, *tests, written, coded, task), source / "first.ipynb")
    late = mark(new_code_cell("assert open('made.txt').read() == 'here'"), "made", grade=True, locked=True, points=2)
    triple = mark(
        new_code_cell("### BEGIN SOLUTION\ntriple = lambda x: 3 * x\n### END SOLUTION"), "triple", solution=True
    )
    auto = mark(new_code_cell("### AUTOTEST triple(5)"), "autotest", grade=True, locked=True, points=2)
    (source / "made.txt").write_text("here")  # nbgrader runs the notebook for its tests
    left = "import os\n1.0 * open('data.csv').read().endswith('3,4\\n') + (not os.path.exists('more/gone.txt'))"
    changed = mark(new_code_cell(left), "changed", grade=True, locked=True, points=2)
    nbformat.write(notebook(triple, auto, late, changed), source / "second.ipynb")
    nbgrader(root, "generate_assignment", "ps1")
    for step in ("source", "release"):
        (root / step / "ps1" / "made.txt").unlink()
    with closing(sqlite3.connect(root / "gradebook.db")) as database, database:
        database.execute("UPDATE assignment SET duedate = '2030-01-02 00:00:00'")
    return root


def nbgrader(root: Path, *command: str, status: int = 0) -> str:
    # ipykernel, where it thinks that it is under test, does not show what is written below Python.
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *command],
        cwd=root,
        env={**environment, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == status, done.stderr
    return done.stderr


def hand_in(root: Path, student: str, answer: str, *, stamp: str = "2030-01-01 12:00:00 UTC", damage=None) -> Path:
    folder = root / "submitted" / student / "ps1"
    shutil.copytree(root / "release" / "ps1", folder)
    (folder / "timestamp.txt").write_text(stamp)
    first = nbformat.read(folder / "first.ipynb", as_version=4)
    cells = {cell.metadata.nbgrader.grade_id: cell for cell in first.cells}
    cells["answer"].source = answer
    if damage:
        damage(first, cells)
    if answer == RIGHT:
        second = nbformat.read(folder / "second.ipynb", as_version=4)
        second.cells[0].source = "triple = lambda x: 3 * x"
        nbformat.write(second, folder / "second.ipynb")
    nbformat.write(first, folder / "first.ipynb")
    return folder


def answered(first, cells):
    cells["written"].source, cells["coded"].source, cells["task"].source = "It is so.", "2", "Do it.\n\nDone."


def damaged(first, cells):
    """A check deleted, another one changed."""
    cells["visible-and-hidden"].source = "assert True"
    first.cells.remove(cells["deleted"])


def too_much(first, cells):
    cells["answer"].source += "\nshare = 7.5"


@pytest.fixture(scope="module")
def both(released, tmp_path_factory) -> tuple[Path, Path]:
    """The same course, graded by nbgrader's own execution and by ours."""
    if missing := find_missing():
        pytest.skip(f"this machine cannot confine: {missing[0]}")
    theirs = tmp_path_factory.mktemp("both") / "theirs"
    shutil.copytree(released, theirs)
    hand_in(theirs, "ana", RIGHT, damage=answered)
    hand_in(theirs, "ben é", WRONG, damage=damaged, stamp="2030-01-03 00:00:00 UTC")
    hand_in(theirs, "dan", RIGHT, damage=too_much)
    (hand_in(theirs, "eve", NOTHING) / "second.ipynb").unlink()
    ours = theirs.with_name("ours")
    shutil.copytree(theirs, ours)
    nbgrader(theirs, "autograde", "ps1", status=1)
    assert grade_ordinary(ours, "ps1", workers=2) == 1, "dan's share is more than the points, which nbgrader refuses"
    return theirs, ours


TABLES = {
    "grade": """SELECT student.id, notebook.name, base_cell.name, grade.auto_score, grade.manual_score,
        grade.needs_manual_grade, grade_cells.max_score FROM grade
        JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id
        JOIN notebook ON submitted_notebook.notebook_id = notebook.id
        JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
        JOIN student ON submitted_assignment.student_id = student.id
        JOIN base_cell ON grade.cell_id = base_cell.id JOIN grade_cells ON grade.cell_id = grade_cells.id""",
    "comment": """SELECT student.id, notebook.name, base_cell.name, comment.auto_comment FROM comment
        JOIN submitted_notebook ON comment.notebook_id = submitted_notebook.id
        JOIN notebook ON submitted_notebook.notebook_id = notebook.id
        JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
        JOIN student ON submitted_assignment.student_id = student.id
        JOIN base_cell ON comment.cell_id = base_cell.id""",
    "penalty": """SELECT student.id, notebook.name, late_submission_penalty FROM submitted_notebook
        JOIN notebook ON submitted_notebook.notebook_id = notebook.id
        JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
        JOIN student ON submitted_assignment.student_id = student.id""",
}


def rows(root: Path, table: str) -> set[tuple]:
    with closing(sqlite3.connect(root / "gradebook.db")) as database, database:
        return set(database.execute(TABLES[table]))


@pytest.mark.parametrize("table", TABLES)
def test_the_gradebook_is_as_nbgraders_own(both, table):
    theirs, ours = both
    assert rows(ours, table) == rows(theirs, table)
    assert rows(ours, table)


def test_the_course_is_one_that_tells_scores_apart(both):
    """Each rule has been met: otherwise the comparison above says little."""
    scores = {row[:3]: row[3] for row in rows(both[0], "grade")}
    first = {student: {row[2]: score for row, score in scores.items() if row[0] == student} for student, *_ in scores}
    nothing = {"stderr", "stderr-below-python", "stderr-of-a-program", "warning", "exception", "asks", "exits"}
    assert {id for id in GRADED if first["ana"][id] == 0} == nothing
    assert (first["ana"]["float"], first["ana"]["integer"], first["ana"]["wait"]) == (1.25, 1, 1.5)
    assert first["ana"]["written"] is None
    assert (first["ben é"]["visible-and-hidden"], first["ben é"]["wait"], first["ben é"]["autotest"]) == (0, 0, 0)
    assert (first["ana"]["autotest"], first["ana"]["made"], first["ana"]["changed"]) == (2, 2, 2)
    assert first["ben é"]["written"] == 0, "nothing was answered"
    assert first["eve"]["made"] == 0, "the notebook was not handed in"
    penalties = {row[:2]: row[2] for row in rows(both[0], "penalty")}
    assert penalties["ben é", "first"] > 0
    assert penalties["ana", "first"] is None


def test_what_is_told_of_a_submission_is_what_nbgrader_exports(both):
    _, ours = both
    said: list[dict] = []
    grade_ordinary(ours, "ps1", ["ana", "ben é", "eve"], lines=said.append)
    nbgrader(ours, "export")
    lines = (ours / "grades.csv").read_text(encoding="utf-8").splitlines()
    exported = {row["student_id"]: row for row in csv.DictReader(lines)}
    for record in said[:-1]:
        row = exported[record["student"]]
        assert record["total"] == float(row["score"])
        assert record["penalty"] == float(row["late_submission_penalty"])
        assert record["by_tests"] + record["by_hand"] == float(row["raw_score"])
        assert record["max_score"] == float(row["max_score"])
        assert record["submitted"].replace("T", " ").startswith(row["timestamp"])
    late = {record["student"]: record["seconds_late"] for record in said[:-1]}
    assert late == {"ana": 0, "ben é": 86400, "eve": 0}


def outputs(root: Path) -> dict[str, list]:
    """What each cell shows; of an error, what it was and not where."""
    found = {}
    for path in sorted((root / "autograded").glob("*/ps1/*.ipynb")):
        cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        for number, cell in enumerate(cells):
            shown = [{k: v for k, v in output.items() if k != "traceback"} for output in cell.outputs]
            text = json.dumps(shown).replace(str(path.parent), "")
            found[f"{path.parent.parent.name}/{path.name}/{number}"] = [cell.execution_count, text]
    return found


def test_every_cell_shows_what_it_shows_under_nbgrader(both):
    theirs, ours = map(outputs, both)
    different = {cell for cell in theirs.keys() | ours.keys() if theirs.get(cell) != ours.get(cell)}
    warning = list(GRADED).index("warning") + 1  # it names the file of the cell, which is another for each kernel
    assert {int(cell.rsplit("/")[-1]) for cell in different} == {warning}, {
        cell: (theirs.get(cell), ours.get(cell)) for cell in different
    }


def test_what_is_graded_is_kept_unless_forced(both):
    _, ours = both
    before = rows(ours, "grade")
    said: list[dict] = []
    assert grade_ordinary(ours, "ps1", ["ana"], lines=said.append) == 0
    assert (said[0]["kept"], said[0]["waiting"]) == (True, 12.0)
    assert grade_ordinary(ours, "ps1", ["ana"], force=True, lines=said.append) == 0
    assert (said[2]["status"], said[2]["kept"]) == ("graded", False)
    assert rows(ours, "grade") == before


def test_what_a_killed_run_was_at_is_graded_again(both):
    _, ours = both
    mark = ours / ".cnnkit" / "unfinished-ps1" / "ana"
    mark.parent.mkdir(parents=True)
    mark.touch()
    said: list[dict] = []
    assert grade_ordinary(ours, "ps1", ["ana"], lines=said.append) == 0
    assert not said[0]["kept"]
    assert not mark.parent.exists()


def test_a_warm_parent_that_was_killed_is_started_again(both):
    _, ours = both
    assert grade_ordinary(ours, "ps1", ["eve"], force=True) == 0
    os.kill(shared_parent._held[1].pid, signal.SIGKILL)
    assert grade_ordinary(ours, "ps1", ["eve"], force=True) == 0


def test_a_course_that_executes_in_another_way_is_refused(released, tmp_path):
    root = shutil.copytree(released, tmp_path / "course")
    config = root / "nbgrader_config.py"
    config.write_text(CONFIG + "c.Autograde.autograde_preprocessors = ['nbgrader.preprocessors.SaveAutoGrades']\n")
    with pytest.raises(UsageError, match="Execute once, and none"):
        grade_ordinary(root, "ps1")
    config.write_text("c = get_config(\n")
    with pytest.raises(UsageError, match=r"nbgrader_config\.py cannot be read: SyntaxError"):
        grade_ordinary(root, "ps1")


def test_what_is_not_there_is_told(released):
    with pytest.raises(UsageError, match="nobody handed in ps1"):
        grade_ordinary(released, "ps1")
    with pytest.raises(UsageError, match="nbgrader generate_assignment ps2"):
        grade_ordinary(released, "ps2")


def test_a_course_is_found_from_inside_and_one_of_cnnkits_is_not(released, tiny_course):
    assert ordinary_root(released / "source" / "ps1") == released
    tiny_course.prepare()
    assert ordinary_root(tiny_course.home) is None
    assert ordinary_root(tiny_course.root, released) is None, "--course names the home of the checkout's own course"
    assert ordinary_root(Path("/")) is None
    assert ordinary_root(Path("/"), released) == released


SPY = """
import helper, socket, time
from pathlib import Path
found = []
for path in ({home!r} + "/gradebook.db", {home!r} + "/submitted/ana/ps1/first.ipynb"):
    try:
        found.append(Path(path).read_bytes())
    except OSError:
        pass
if "double" + "(3)" in Path("first.ipynb").read_text():
    found.append("a hidden test")
try:
    socket.create_connection(("127.0.0.1", 9))
except OSError as error:
    found += [] if "unreachable" in str(error) else ["the network"]
share = float(len(found))
"""


def test_a_notebook_reads_no_other_and_no_hidden_test(released, tmp_path):
    root = shutil.copytree(released, tmp_path / "course")
    hand_in(root, "ana", RIGHT)
    hand_in(root, "spy", SPY.format(home=str(root)))
    assert grade_ordinary(root, "ps1", ["spy"]) == 0
    scores = {row[:3]: row[3] for row in rows(root, "grade")}
    assert scores["spy", "first", "float"] == 0
    assert scores["spy", "first", "data-beside"] == 2


def test_files_lie_where_nbgrader_has_them(both):
    theirs, ours = (
        {str(path.relative_to(root)) for path in (root / "autograded").rglob("*") if "__pycache__" not in path.parts}
        for root in both
    )
    assert ours == theirs
    assert "autograded/ana/ps1/made.txt" in ours
    assert "autograded/dan/ps1" not in ours, "what failed is taken away"
