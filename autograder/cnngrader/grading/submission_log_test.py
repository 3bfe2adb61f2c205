"""A submission's log holds every grading of it, with what went wrong."""

from cnngrader.grading.submission_log import write_log
from cnngrader.submission.verdict import TestVerdict, Verdict


def test_each_grading_adds_its_status_errors_and_repairs(tiny_course):
    test = TestVerdict("test_a", "a", "A", 2.0, 0.0, "the sum is\nwrong", fault="Traceback")
    verdict = Verdict("ana", "pooling", "timeout", "cell 3", 1.25, [test], ["a mark is back"], ["Cell 3: E"], [], "")
    first = write_log(tiny_course, verdict).read_text()
    path = write_log(tiny_course, verdict)
    assert path == tiny_course.home / "logs" / "pooling" / "ana.log"
    assert path.read_text().startswith(first) and len(path.read_text()) > len(first)
    for part in (
        "timeout: 0 of 2 points in 1.2 s",
        "cell 3",
        "repair: a mark is back",
        "error: Cell 3: E",
        "Traceback",
    ):
        assert part in first
    assert all(line.startswith("  ") for line in first.splitlines()[1:])
