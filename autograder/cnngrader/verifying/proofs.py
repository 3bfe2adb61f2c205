"""Verdicts of what was verified before: they hold for as long as nothing has changed that could change them."""

import hashlib
import json
from dataclasses import asdict
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

from cnngrader.assignment import Assignment
from cnngrader.authoring.rubric import Rubric
from cnngrader.authoring.rubric_digests import digest_tests
from cnngrader.files import write_whole
from cnngrader.grading.verdict_key import Surroundings, grader, key_of
from cnngrader.submission.calls import Call
from cnngrader.submission.job import Job
from cnngrader.submission.status import Status
from cnngrader.submission.verdict import TestVerdict, Verdict


class Proofs:
    """A folder with the last verdict about each subject of an assignment, a file each.

    A verdict is found again where the notebook that was run, its release, limits and draws, the tests that were run
    on it, data sets, Python, all installed packages, and all code of the library and the grader are what they were.
    What an author asks of a verdict is no part of it, and is looked at each time.
    """

    def __init__(self, folder: Path, assignment: Assignment, rubric: Rubric):
        self._folder = folder
        self._surroundings = Surroundings(assignment)
        self._tests = {test.name: repr(test) for test in digest_tests(rubric)}

    def kept(self, job: Job) -> Verdict | None:
        try:
            record = json.loads(self._path(job).read_bytes())
            if record["key"] != self._key(job):
                return None
            verdict = record["verdict"]
            verdict["redrawn"] = [TestVerdict(**test) for test in verdict["redrawn"]]
            verdict["calls"] = [Call(**call) for call in verdict["calls"]]
            return Verdict.fromdict(verdict)
        except (OSError, ValueError, TypeError, KeyError):  # none, or another version's
            return None

    def keep(self, job: Job, verdict: Verdict) -> None:
        """Where it is whole: what was stopped, or judged by a test that fails itself, may be another the next time."""
        if verdict.status == Status.GRADED and not any(test.fault for test in (*verdict.tests, *verdict.redrawn)):
            self._folder.mkdir(parents=True, exist_ok=True)
            record = {"key": self._key(job), "verdict": asdict(verdict)}
            write_whole(self._path(job), json.dumps(record))

    def _path(self, job: Job) -> Path:
        subject = hashlib.sha256(repr((job.student, job.only, job.record)).encode()).hexdigest()
        return self._folder / f"{subject[:32]}.json"

    def _key(self, job: Job) -> str:
        names = sorted(self._tests) if job.only is None else job.only
        tests = [self._tests.get(name) for name in names]
        parts = [key_of(job, str(self._surroundings)), tests, job.further, grader(), _installed()]
        return hashlib.sha256(repr(parts).encode()).hexdigest()


@cache
def _installed() -> list[str]:
    return sorted(f"{package.name} {package.version}" for package in distributions())
