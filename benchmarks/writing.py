"""Milliseconds a submission to write 10,000 verdicts: journal, autograded/ and gradebook; and what planning a run for
10,000 submissions of 5 MB takes.

Nothing is graded here: the verdicts are made up, with the tests and the notebook of `mnist_cnn`.
The peer is what nbgrader does for a submission's scores: open the gradebook, find and set each
cell's grade, commit it, close. Both gradebooks must hold the same scores.

    python benchmarks/writing.py [--submissions 10000]
"""

import argparse
import logging
import os
import platform
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import mean, median

import nbformat
from nbgrader.api import Gradebook
from nbgrader.utils import is_grade, is_solution

from cnngrader.authoring.release import generate
from cnngrader.authoring.rubric import Rubric
from cnngrader.authoring.rubric_digests import digest_tests
from cnngrader.course import COURSE_ID, Course
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.grading.grading import Grading
from cnngrader.grading.jobs import job_of
from cnngrader.grading.journal import Entry, Journal
from cnngrader.grading.verdict_key import key_of
from cnngrader.grading.writer import Writer
from cnngrader.submission.job import Job
from cnngrader.submission.verdict import TestVerdict, Verdict

ASSIGNMENT = "mnist_cnn"
PICTURE = 100_000  # bytes of outputs in an executed notebook
LARGE = 5_000_000  # characters in a notebook
PEERS = 200  # submissions for the peer, which is slow
ROOT = Path(__file__).resolve().parents[1]


class Class:
    """Made-up verdicts for one assignment, in a course of its own."""

    def __init__(self, home: Path):
        self.course = Course(ROOT, home)
        self.assignment = self.course.assignment(ASSIGNMENT)
        self.files = generate(self.course, self.assignment)
        rubric = Rubric(self.assignment.rubric)
        self.points, self.tests = rubric.points(), digest_tests(rubric)
        notebook = nbformat.reads(self.files[f"{ASSIGNMENT}.ipynb"].decode(), as_version=4)
        code = next(cell for cell in notebook.cells if cell.cell_type == "code")
        code.outputs = [nbformat.v4.new_output("display_data", {"image/png": "A" * PICTURE})]
        self.notebook = nbformat.writes(notebook)

    def entry(self, number: int) -> tuple[Job, Entry]:
        student = f"student{number:05}"
        job = job_of(self.assignment, self.files, notebook=self.notebook.encode(), student=student, secret="secret")
        chance = random.Random(number)
        tests = [
            TestVerdict(
                test.name, test.mark.check, test.title, test.mark.points, chance.choice((0.0, test.mark.points)),
                "the answer is 12.5 where 3.0 was expected. Did you forget to divide?", test.mark.hidden,
            )
            for test in self.tests
        ]  # fmt: skip
        verdict = Verdict(student, ASSIGNMENT, "graded", "", 1.5, tests, [], [], [], self.notebook)
        return job, Entry(key_of(job), {test.name: test.digest for test in self.tests}, verdict)


def write(students: Class, count: int) -> tuple[list[float], list[int]]:
    """(milliseconds of each submission, bytes in memory at each thousandth)."""
    milliseconds, memory = [], []
    with Writer(students.course, ASSIGNMENT, Journal(students.course.journal(ASSIGNMENT)), students.points) as writer:
        for number in range(count):
            job, entry = students.entry(number)
            begun = time.perf_counter()
            writer.write(job, entry)
            milliseconds.append(1000 * (time.perf_counter() - begun))
            if number % 1000 == 999:
                memory.append(memory_now())
    return milliseconds, memory


def write_as_nbgrader(students: Class, count: int) -> list[float]:
    """As nbgrader 0.9's SaveAutoGrades does, milliseconds of each submission."""
    milliseconds = []
    cells = nbformat.reads(students.notebook, as_version=4).cells
    marked = [cell for cell in cells if is_grade(cell) or is_solution(cell)]
    for number in range(count):
        _, entry = students.entry(number)
        student = entry.verdict.student
        earned = {check["id"]: check["earned"] for check in entry.verdict.checks()}
        begun = time.perf_counter()
        with Gradebook(students.course.database, COURSE_ID) as book:
            book.update_or_create_student(student)
            book.update_or_create_submission(ASSIGNMENT, student)
            for cell in marked:
                names = (cell.metadata.nbgrader.grade_id, ASSIGNMENT, ASSIGNMENT, student)
                if is_grade(cell):
                    grade = book.find_grade(*names)
                    grade.auto_score = 0.0 if is_solution(cell) else earned[names[0]]
                    grade.needs_manual_grade = False
                    book.db.commit()
                if is_solution(cell):
                    book.find_comment(*names).auto_comment = "No response."
                    book.db.commit()
        milliseconds.append(1000 * (time.perf_counter() - begun))
    return milliseconds


def prepare(students: Class, count: int) -> tuple[float, list[int]]:
    """(seconds, bytes in memory before and after) of planning a run for large submissions, all links to one file."""
    notebook = nbformat.reads(students.notebook, as_version=4)
    notebook.cells[-1].source += "# " + "x" * LARGE
    course = Course(ROOT, students.course.home.parent / "large")
    generate(course, students.assignment)
    first = course.submitted(ASSIGNMENT, "student00000") / f"{ASSIGNMENT}.ipynb"
    first.parent.mkdir(parents=True)
    first.write_text(nbformat.writes(notebook), encoding="utf-8")
    for number in range(1, count):
        folder = course.submitted(ASSIGNMENT, f"student{number:05}")
        folder.mkdir(parents=True)
        os.link(first, folder / first.name)
    grading = Grading(course, students.assignment, confined=False)
    before, begun = memory_now(), time.perf_counter()
    plans = grading.prepare()
    assert len(plans) == count and all(plan.runs for plan in plans)
    return time.perf_counter() - begun, [before, memory_now()]


def memory_now() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1]) * resource.getpagesize()


def scores(students: Class) -> dict[str, float]:
    with open_gradebook(students.course) as book:
        return {row["student"]: row["score"] for row in book.submission_dicts(ASSIGNMENT)}


@contextmanager
def counted_syncs() -> Iterator[list[float]]:
    """Milliseconds of each os.fsync of this process; SQLite's own are not among them."""
    sync, found = os.fsync, []

    def timed(descriptor: int) -> None:
        begun = time.perf_counter()
        sync(descriptor)
        found.append(1000 * (time.perf_counter() - begun))

    os.fsync = timed
    try:
        yield found
    finally:
        os.fsync = sync


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--submissions", type=int, default=10_000, help="at least 2000 (default: 10000)")
    count = parser.parse_args().submissions
    logging.disable(logging.CRITICAL)  # nbgrader tells of an exchange folder that this has no use for
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        ours, peers = Class(Path(folder) / "ours"), Class(Path(folder) / "nbgrader")
        with counted_syncs() as syncs:
            milliseconds, memory = write(ours, count)
        peer = write_as_nbgrader(peers, PEERS)
        planning, held = prepare(ours, count)
        begun = time.perf_counter()
        entries = Journal(ours.course.journal(ASSIGNMENT)).latest()
        restart = time.perf_counter() - begun
        mine = scores(ours)
        assert len(entries) == len(mine) == count and all(entry.committed for entry in entries.values())
        assert all(mine[student] == score for student, score in scores(peers).items())
        size = (ours.course.home / "journal" / f"{ASSIGNMENT}.jsonl").stat().st_size
    packages = ", ".join(f"{name} {version(name)}" for name in ("nbgrader", "sqlalchemy"))
    print(f"{count} submissions of {len(ours.tests)} tests, {os.cpu_count()} cores, "
          f"load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}, {packages}\n")  # fmt: skip
    print("| what | ms a submission |\n|---|---|")
    print(f"| cnnkit: journal, autograded/, gradebook | {mean(milliseconds):.2f} |")
    print(f"| the first thousand | {mean(milliseconds[:1000]):.2f} |")
    print(f"| the last thousand | {mean(milliseconds[-1000:]):.2f} |")
    print(f"| of it, fsync ({len(syncs) / count:.0f}) | {sum(syncs) / count:.2f} |")
    print(f"| nbgrader: gradebook alone, {PEERS} submissions | {mean(peer):.2f} |\n")
    print(f"Median {median(milliseconds):.2f} ms, nbgrader {median(peer):.2f} ms: "
          f"{median(peer) / median(milliseconds):.1f} times as fast.")  # fmt: skip
    print(f"Memory after 1,000: {memory[0] / 2**20:.0f} MiB, at the end: {memory[-1] / 2**20:.0f} MiB.")
    more = (held[1] - held[0]) / 2**20
    print(f"Planning {count} submissions of {LARGE / 1e6:.0f} MB: {planning:.0f} s, and {more:.0f} MiB more.")
    print(f"Restart: the journal of {count} ({size / 2**20:.0f} MiB) is read in {restart:.2f} s.")


if __name__ == "__main__":
    main()
