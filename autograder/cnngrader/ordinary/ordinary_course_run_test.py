"""A run of `cnnkit grade` in an ordinary nbgrader course: one at a time, stopped, told and done again."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from cnngrader.commands.main import main
from cnngrader.errors import CnnkitError, UsageError
from cnngrader.grading.run_lock import RunLock
from cnngrader.ordinary import confined_execute
from cnngrader.ordinary.ordinary_course import OrdinaryCourse, grade_ordinary
from cnngrader.ordinary.ordinary_course_test import mark, nbgrader, notebook
from cnngrader.sandbox.confine import find_missing
from cnngrader.similar.similar_test import MINE, renamed

RIGHT, WRONG = "double = lambda x: 2 * x", "double = lambda x: x"
CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "plain"
c.Execute.timeout = 3
c.ConfinedExecute.limits = {"memory_mb": 200, "output_mb": 0.01}
"""


@pytest.fixture(scope="module")
def released(tmp_path_factory) -> Path:
    """A course with an assignment of an answer and a check, worth 2 points; nobody has handed in."""
    if missing := find_missing():
        pytest.skip(f"this machine cannot confine: {missing[0]}")
    root = tmp_path_factory.mktemp("run") / "course"
    (root / "source" / "ps1").mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    answer = mark(new_code_cell(f"### BEGIN SOLUTION\n{RIGHT}\n### END SOLUTION"), "answer", solution=True)
    check = mark(new_code_cell("assert double(2) == 4"), "check", grade=True, locked=True, points=2)
    nbformat.write(notebook(answer, check), root / "source" / "ps1" / "first.ipynb")
    nbgrader(root, "generate_assignment", "ps1")
    return root


@pytest.fixture
def course(released, tmp_path_factory) -> Path:
    return shutil.copytree(released, tmp_path_factory.mktemp("graded") / "course")


def hand_in(course: Path, student: str, answer: str, *, twice: bool = False) -> None:
    handed = nbformat.read(course / "release" / "ps1" / "first.ipynb", as_version=4)
    handed.cells[0].source = answer
    if twice:
        handed.cells.append(mark(new_code_cell(answer), "answer", solution=True))
    folder = course / "submitted" / student / "ps1"
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(handed, folder / "first.ipynb")


def grade(course: Path, *students: str, **how) -> dict[str, dict]:
    said: list[dict] = []
    grade_ordinary(course, "ps1", students, lines=said.append, **how)
    *records, summary = said
    assert list(summary) == ["summary"]
    return {record["student"]: record for record in records}


def outcome(record: dict) -> tuple[str, float]:
    return "kept" if record["kept"] else record["status"], record["total"]


def test_what_has_changed_is_graded_again_and_nothing_else(course):
    hand_in(course, "ana", WRONG)
    assert outcome(grade(course)["ana"]) == ("graded", 0)
    assert outcome(grade(course)["ana"]) == ("kept", 0)
    hand_in(course, "ana", RIGHT)
    hand_in(course, "ben", RIGHT)
    assert {student: outcome(record) for student, record in grade(course).items()} == {
        "ana": ("graded", 2), "ben": ("graded", 2),
    }  # fmt: skip
    (course / "submitted" / "ana" / "ps1" / ".ipynb_checkpoints").mkdir()
    (course / "submitted" / "ana" / "ps1" / ".ipynb_checkpoints" / "first.ipynb").write_text("looked at")
    assert outcome(grade(course, "ana")["ana"]) == ("kept", 2)
    (course / "source" / "ps1" / "data.csv").write_text("1,2")
    assert outcome(grade(course, "ana", "ana")["ana"]) == ("graded", 2)


def test_who_handed_in_nearly_the_same_is_told_and_shown(course, monkeypatch, capsys):
    written = "".join(MINE[:2])
    monkeypatch.chdir(course)
    hand_in(course, "ana", f"{RIGHT}\n{written}")
    hand_in(course, "ben", f"{RIGHT}\n{renamed(written)}")
    hand_in(course, "cem", RIGHT)
    said: list[dict] = []
    grade_ordinary(course, "ps1", lines=said.append)
    assert said[-1]["summary"]["alike"] == [["ana", "ben"]]
    assert main(["similar", "ps1"]) == 0
    assert "ana and ben: identical but for names" in capsys.readouterr().out
    assert (course / "reports" / "ps1.similar.html").stat().st_mode & 0o077 == 0
    assert main(["similar", "ps2"]) == 2


def write_check(course: Path, source: str) -> None:
    """Into the instructor's notebook, which is not released yet."""
    path = course / "source" / "ps1" / "first.ipynb"
    instructors = nbformat.read(path, as_version=4)
    instructors.cells[1].source = source
    nbformat.write(instructors, path)


def test_a_hidden_test_counts_as_it_was_released_last(course):
    hidden = "assert double(2) == 4\n### BEGIN HIDDEN TESTS\nassert double(3) == {}\n### END HIDDEN TESTS"
    write_check(course, hidden.format(7))
    nbgrader(course, "generate_assignment", "ps1", "--force")
    hand_in(course, "ana", RIGHT)
    assert outcome(grade(course)["ana"]) == ("graded", 0)
    before = (course / "release" / "ps1" / "first.ipynb").read_bytes()
    write_check(course, hidden.format(6))
    assert outcome(grade(course)["ana"]) == ("kept", 0), "what nbgrader has is the former test"
    nbgrader(course, "generate_assignment", "ps1", "--force")
    assert (course / "release" / "ps1" / "first.ipynb").read_bytes() == before
    assert outcome(grade(course)["ana"]) == ("graded", 2)
    assert outcome(grade(course)["ana"]) == ("kept", 2)


def test_what_a_score_depends_on_is_graded_with_anew(course, tmp_path):
    data = tmp_path / "data.csv"
    data.write_text("1,2")
    config = CONFIG + f"c.ConfinedExecute.readable = [{str(data)!r}]\n"
    (course / "nbgrader_config.py").write_text(config)
    hand_in(course, "ana", RIGHT)
    assert outcome(grade(course)["ana"]) == ("graded", 2)
    assert outcome(grade(course, workers=1)["ana"]) == ("kept", 2)
    (course / "nbgrader_config.py").write_text(config + "c.GenerateFeedback.force = True\n")
    assert outcome(grade(course)["ana"]) == ("kept", 2)
    (course / "nbgrader_config.py").write_text(config.replace("timeout = 3", "timeout = 4"))
    assert outcome(grade(course)["ana"]) == ("graded", 2)
    data.write_text("1,2,3")
    assert outcome(grade(course)["ana"]) == ("graded", 2)


def test_what_nothing_is_known_of_is_graded(course):
    hand_in(course, "ana", RIGHT)
    grade(course)
    (course / ".cnnkit" / "graded-ps1" / "ana").unlink()
    assert outcome(grade(course)["ana"]) == ("graded", 2)


def test_force_grades_again(course, monkeypatch, capsys):
    hand_in(course, "ana", RIGHT)
    grade(course)
    monkeypatch.chdir(course)
    assert main(["grade", "ps1"]) == 0
    assert "1 as before, since nothing has changed; --force grades them again" in capsys.readouterr().out
    assert main(["grade", "ps1", "--force"]) == 0
    assert "as before" not in capsys.readouterr().out


def test_one_run_at_a_time(course):
    hand_in(course, "ana", RIGHT)
    record = OrdinaryCourse(course, "ps1").record
    with RunLock(record.lock):
        record.begin("ana")
        with pytest.raises(UsageError, match="ps1 is being graded already"):
            grade(course)
        assert record.unfinished() == ["ana"], "what the other run is at is its own"
    assert outcome(grade(course)["ana"]) == ("graded", 2)


STOPPED = {
    "memory": (
        "x = b'1' * 300_000_000\nimport time\ntime.sleep(60)",
        "failed",
        "first: the notebook used more memory than it may (200 MB), in cell 1 (answer)",
    ),
    "refused memory": ("x = b'1' * 900_000_000", "graded", "first, cell 1 (answer): MemoryError"),
    "exit": (
        "import os\nos._exit(3)",
        "failed",
        "first: the notebook's process ended with status 3, in cell 1 (answer)",
    ),
    "output": (
        "for i in range(9999): print(i)\nimport time\ntime.sleep(2)",
        "graded",
        "first, cell 1 (answer): OutputLimitError: the output went past 0.01 MB, and the cell was interrupted",
    ),
    "time": ("import time\ntime.sleep(60)", "graded", "first, cell 1 (answer): took more than 3 s of its own time"),
    "reading": (
        "open('/etc/shadow')",
        "graded",
        "first, cell 1 (answer): PermissionError: [Errno 13] Permission denied: '/etc/shadow'",
    ),
    "own": ("raise ValueError", "graded", ""),
}  # fmt: skip


def test_the_reason_is_on_the_students_line(course, capfd):
    for student, (answer, *_) in STOPPED.items():
        hand_in(course, student, answer)
    hand_in(course, "twice", RIGHT, twice=True)
    hand_in(course, "broken", RIGHT)
    (course / "submitted" / "broken" / "ps1" / "first.ipynb").write_text("{bad")
    said = grade(course)
    assert {student: (said[student]["status"], said[student]["detail"]) for student in STOPPED} == {
        student: tuple(expected) for student, (_, *expected) in STOPPED.items()
    }
    assert said["twice"]["detail"].startswith("first: the cell 'answer' is there twice")
    assert said["broken"]["detail"].startswith("first: nbformat.reader.NotJSONError: Notebook does not appear")
    seen = capfd.readouterr()
    assert seen.err == ""
    assert "Traceback" in (course / ".cnnkit" / "ps1.log").read_text()


NEEDS = """
import os, mine
assert started and os.environ["COURSE"] == "cnn" and "TOLD" not in os.environ
double = mine.double
"""


def test_notebooks_have_what_nbgraders_own_kernel_would_have(course, tmp_path, monkeypatch, capfd):
    """A PYTHONPATH, IPython's startup files, and variables that are configured; of others a line says how."""
    (tmp_path / "mine.py").write_text(RIGHT)
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("started = True")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    for name in ("PYTHONPATH", "TOLD"):
        monkeypatch.setenv(name, "")
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(f"import os\nos.environ.update(PYTHONPATH={str(tmp_path)!r}, TOLD='x')\n")
        config.write("c.ConfinedExecute.environment = {'COURSE': 'cnn'}\n")
    hand_in(course, "ana", NEEDS)
    assert outcome(grade(course)["ana"]) == ("graded", 2)
    told = capfd.readouterr().err
    assert "sets TOLD, which notebooks do not see" in told
    assert 'c.ConfinedExecute.environment = {"TOLD": os.environ["TOLD"]}' in told


def test_the_student_is_told_that_the_output_was_too_much(course):
    hand_in(course, "ana", "for i in range(9999): print(i)\nimport time\ntime.sleep(2)")
    grade(course)
    graded = nbformat.read(course / "autograded" / "ana" / "ps1" / "first.ipynb", as_version=4)
    errors = [output for output in graded.cells[0].outputs if output.output_type == "error"]
    assert [error.ename for error in errors] == ["OutputLimitError"], "and not of the interrupt that followed"
    assert "went past 0.01 MB" in errors[0].traceback[0]


def test_without_a_warm_parent_nothing_is_begun(course, monkeypatch):
    hand_in(course, "ana", RIGHT)
    hand_in(course, "ben", RIGHT)
    asked = []

    def ready(parent):
        asked.append(parent)
        raise CnnkitError("the warm parent did not start: no room")

    monkeypatch.setattr(confined_execute, "_ready", ready)
    with pytest.raises(CnnkitError, match="no room"):
        grade(course)
    assert len(asked) == 1
    assert not (course / "autograded").exists()


@pytest.fixture
def short_folder():
    """For sockets, whose addresses have at most 107 characters."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o711)
        yield Path(folder)


def test_stopped_it_says_only_that_and_goes_on(course, short_folder):
    hand_in(course, "ana", RIGHT)
    for student in ("ben", "cyd", "dan"):
        hand_in(course, student, f"open('begun', 'w')\nimport time\ntime.sleep(60)\n{RIGHT}")
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    environment["TMPDIR"] = str(short_folder)
    run = subprocess.Popen(
        [sys.executable, "-m", "cnngrader", "grade", "ps1", "--workers", "2", "--json"],
        cwd=course,
        env=environment,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    first = json.loads(run.stdout.readline())
    while not list(short_folder.glob("cnnkit-*/k*/work/*/begun")):
        time.sleep(0.02)
    os.killpg(run.pid, signal.SIGINT)
    rest, words = run.communicate(timeout=300)
    assert (run.returncode, first["student"], rest) == (130, "ana", "")
    assert words == "\ncnnkit: stopped. What was finished is kept; the same command goes on from there.\n"
    for student in ("ben", "cyd", "dan"):
        hand_in(course, student, RIGHT)
    said = {student: outcome(record) for student, record in grade(course).items()}
    assert said == {"ana": ("kept", 2), "ben": ("graded", 2), "cyd": ("graded", 2), "dan": ("graded", 2)}
