"""A log of each submission, for who asks what became of it: course/logs/<assignment>/<student>.log."""

from datetime import datetime
from pathlib import Path

from cnngrader.course import Course
from cnngrader.submission.verdict import Verdict


def write_log(course: Course, verdict: Verdict) -> Path:
    """Add what came of grading a submission to its log."""
    path = course.log(verdict.assignment, verdict.student)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as log:
        log.write(text_of(verdict, datetime.now().astimezone()) + "\n")
    return path


def text_of(verdict: Verdict, when: datetime) -> str:
    score = f"{verdict.score:g} of {verdict.max_score:g} points in {verdict.seconds:.1f} s"
    lines = [f"{when:%Y-%m-%d %H:%M:%S%z} {verdict.status}: {score}", verdict.detail]
    lines.append(f"this machine is {verdict.slower:g} times slower than the reference machine" * (verdict.slower > 1))
    lines += [f"repair: {note}" for note in verdict.repairs]
    lines += [f"error: {error}" for error in verdict.errors]
    for test in verdict.tests:
        told = f": {test.message}" if test.message else ""
        lines += [f"test: {test.test} {test.earned:g} of {test.points:g}{told}", test.fault]
    lines.append(f"confined by: {', '.join(verdict.layers)}" if verdict.layers else "")
    return "\n  ".join(line.replace("\n", "\n    ") for line in lines if line)
