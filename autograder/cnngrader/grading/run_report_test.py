"""The line, the object and the summary of made-up submissions."""

from datetime import UTC, datetime, timedelta

import nbformat
import pytest

from cnngrader.gradebook.standing import CellScore, Standing
from cnngrader.grading.course_fault import course_fault
from cnngrader.grading.record import Record
from cnngrader.grading.run_report import RunReport

NIGHT = datetime(2026, 3, 9, 0, 10, tzinfo=UTC)


def check(tests, by_hand=None, asks=False):
    return CellScore("ps1", "sum", 3.0, tests, by_hand, 0.0, False, asks)


def question(by_hand=None, asks=True):
    return CellScore("ps1", "why", 2.0, None, by_hand, 0.0, True, asks)


def record(student, *cells, status="graded", detail="", before=None, kept=False, **standing):
    stands = Standing(list(cells), **standing) if cells else None
    return Record(student, "ps1", status, detail, kept, 1.0, before, stands, {"sum": "nearly."})


LATE = {"penalty": 1.0, "submitted": NIGHT, "due": NIGHT - timedelta(minutes=70)}
LINES = {
    "3.00 of 5    1.0 s  3 by tests; 2 waiting": record("ana", check(3.0), question()),
    "3.50 of 5    1.0 s  2 by tests + 1.5 by hand": record("ana", check(2.0), question(1.5, False)),
    "0.50 of 3    1.0 s  0 by tests + 0.5 by hand; sum is 0.5 by hand, not 2": record("ana", check(2.0, 0.5)),
    "1.00 of 3    1.0 s  2 by tests - 1 for being late; handed in 2026-03-09 00:10 UTC, 1 h 10 min late": record(
        "ana", check(2.0), **LATE
    ),
    "2.00 of 3    1.0 s  2 by tests; tests gave 1 before": record("ana", check(2.0), before=1.0),
    "2.00 of 3    1.0 s  2 by tests; kept": record("ana", check(2.0), before=2.0, kept=True),
    "1.50 of 2    1.0 s  0 by tests + 1.5 by hand; to be looked at again: why": record("ana", question(1.5)),
    "2.00 of 3    1.0 s  timeout: cell 3; 2 by tests": record("ana", check(2.0), status="timeout", detail="cell 3"),
    "failed: it is twice there": record("ana", check(None), status="failed", detail="it is twice there"),
    "not in the gradebook": record("ana"),
}


@pytest.mark.parametrize("line", LINES)
def test_the_line_of_a_submission(line):
    assert LINES[line].line(UTC).split(maxsplit=1) == ["ana", line]


@pytest.mark.parametrize("one", LINES.values(), ids=list(LINES))
def test_every_object_has_the_same_keys_and_its_points_add_up(one):
    said = one.asdict()
    assert list(said) == list(record("ana").asdict())
    assert said["total"] == said["by_tests"] + said["by_hand"] - said["penalty"]
    assert said["max_score"] == sum(cell["max_score"] for cell in said["cells"])


def test_an_object_tells_each_cell():
    said = record("ana", check(2.0, 0.5), question(), **LATE).asdict()
    assert (said["submitted"], said["seconds_late"]) == ("2026-03-09T00:10:00+00:00", 4200.0)
    sum_, why = said["cells"]
    assert (sum_["id"], sum_["tests"], sum_["by_hand"], sum_["score"], sum_["message"]) == (
        "sum", 2.0, 0.5, 0.5, "nearly.",
    )  # fmt: skip
    assert (why["score"], why["written"], why["asks"]) == (None, True, True)


def report(*records, lines=None):
    made = RunReport(
        "ps1",
        "cnnkit feedback ps1",
        "cd course && jupyter lab",
        "course/logs/ps1/STUDENT.log",
        "cnnkit similar ps1",
        UTC,
        lines,
    )
    for one in records:
        made.tell(one)
    return made


CLASS = (
    record("ana", check(3.0), question()),
    record("ben", check(2.0), question(1.0)),
    record("cy", check(1.0), status="timeout"),
    record("dee", check(0.0), status="crashed", detail="it ended"),
    record("eve", check(0.0), status="crashed", kept=True),
    record("fay", status="failed"),
)


def test_the_summary_says_who_was_stopped_how_the_class_did_and_what_to_do(capsys):
    assert report(*CLASS).end() == 1
    *_, shown = capsys.readouterr().out.split("\n\n")
    assert shown.splitlines() == [
        "2 of 6 graded. 1 as before, since nothing has changed; --force grades them again.",
        "Stopped: timeout: cy; crashed: dee, eve; failed: fay. Why is in course/logs/ps1/STUDENT.log",
        "Mean 1.4, median 1 of 5.",
        "Written answers of 1 wait for a person, 2 points in all.",
        "Now: cd course && jupyter lab",
        "Then: cnnkit feedback ps1",
    ]


def test_where_all_is_well_the_summary_is_short(capsys):
    assert report(record("ana", check(3.0))).end() == 0
    *_, shown = capsys.readouterr().out.split("\n\n")
    assert shown.splitlines() == ["1 of 1 graded.", "Mean 3, median 3 of 3.", "Now: cnnkit feedback ps1"]


def test_who_handed_in_nearly_the_same_is_told_in_one_line_for_a_person(capsys):
    groups = [["ana", "ben"], ["cy", "dee", "e\x1b[31mve"], *(["fay", f"s{n}"] for n in range(9))]
    assert report(*CLASS).end(alike=groups) == report(*CLASS).end()
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Alike")]
    assert "(cnnkit similar ps1): ana and ben; cy and dee and eve; fay and s0; " in line
    assert line.endswith("; and 5 more groups.")
    said = []
    report(*CLASS, lines=said.append).end(alike=groups)
    assert said[-1]["summary"]["alike"] == groups


def test_the_fault_of_the_course_is_said_first_and_once(terminal):
    with terminal:
        assert report(record("ana", check(3.0))).end("cell 2 (setup): OSError: no such file") == 1
    lines = terminal.lines()
    assert lines[1] == "The course's own cell 2 (setup): OSError: no such file"
    assert lines[3] == "1 of 1 graded."


def test_the_last_object_is_the_summary():
    said = []
    assert report(*CLASS, lines=said.append).end("cell 2: OSError") == 1
    summary = said[-1]["summary"]
    assert [one["student"] for one in said[:-1]] == ["ana", "ben", "cy", "dee", "eve", "fay"]
    assert (summary["submissions"], summary["graded"], summary["kept"]) == (6, 2, 1)
    assert summary["stopped"] == {"timeout": ["cy"], "crashed": ["dee", "eve"], "failed": ["fay"]}
    assert (summary["mean"], summary["median"], summary["max_score"]) == (1.4, 1.0, 5.0)
    assert summary["waiting"] == {"students": 1, "points": 2.0}
    assert summary["course_fault"] == "cell 2: OSError"


# What fails for everybody


def code(source, error="", **mark):
    cell = nbformat.v4.new_code_cell(source, metadata={"nbgrader": mark} if mark else {})
    if error:
        cell.outputs = [nbformat.v4.new_output("error", ename=error, evalue="no", traceback=[])]
    return cell


def notebook(*errors, answer="a = 1", **sources):
    """The course's notebook, the cells in `errors` failed; sources: what a student has made of a cell."""
    setup = code(sources.get("setup", "load()"), "OSError" if "setup" in errors else "", grade_id="setup", locked=True)
    answered = code(answer, "NameError" if "answer" in errors else "", grade_id="answer-a", solution=True)
    show = code(sources.get("show", "show(a)"), "ValueError" if "show" in errors else "")
    unwritten = code("use(a)", "NotImplementedError" if "use" in errors else "")
    return nbformat.v4.new_notebook(cells=[setup, answered, show, unwritten])


@pytest.mark.parametrize(
    ("executed", "fault"),
    [
        ([notebook("setup"), notebook("setup")], "cell 1 (setup): OSError: no"),
        ([notebook("setup", "show"), notebook("show", "setup", answer="b")], "cell 1 (setup): OSError: no"),
        ([notebook("setup", "show"), notebook("show")], "cell 3: ValueError: no"),
        ([notebook("setup"), notebook()], ""),
        ([notebook("setup"), notebook("show")], ""),
        ([notebook("answer"), notebook("answer")], ""),
        ([notebook("use"), notebook("use")], ""),
        ([notebook("show"), notebook("show", show="mine(a)")], ""),
        ([notebook("setup")], ""),
        ([], ""),
    ],
    ids=[
        "all", "the first of two", "all in one of two", "some", "each another", "the answer", "the stub",
        "a cell of the student's own", "one student", "nobody",
    ],
)  # fmt: skip
def test_a_given_cell_that_fails_for_everybody_is_the_courses_fault(executed, fault):
    assert course_fault(notebook(), iter(executed)) == fault


def test_no_more_notebooks_are_read_than_are_needed():
    executed = iter([notebook("setup"), notebook(), notebook()])
    course_fault(notebook(), executed)
    assert len(list(executed)) == 1
