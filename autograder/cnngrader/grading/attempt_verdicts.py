"""Verdicts of attempts, whether they count or not, so that each is run once."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cnngrader.authoring.rubric_digests import DigestedTest
from cnngrader.course import Course
from cnngrader.files import OWNER_ALONE, write_whole
from cnngrader.grading.journal import Entry, Journal
from cnngrader.grading.regrading import find_untested, keep_holding
from cnngrader.submission.verdict import TestVerdict


class AttemptVerdicts:
    """A journal of their own, and the executed notebooks in course/attempts_graded/STUDENT/ID/."""

    def __init__(self, course: Course, id: str):
        self.course, self.id = course, id
        self._journal = Journal(course.journal(f"{id}.attempts"))
        self._known: dict[str, Entry] = {}

    def read(self) -> None:
        """Also what the main journal has of attempts that counted once."""
        self._known = {**Journal(self.course.journal(self.id)).by_key(), **self._journal.by_key()}

    def write(self, entry: Entry) -> None:
        path = self.notebook(entry)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, entry.verdict.notebook, OWNER_ALONE)
        self._journal.write(entry)
        self._known[entry.key] = replace(entry, verdict=replace(entry.verdict, notebook=""))

    def find(self, keys: Sequence[str], tests: Sequence[DigestedTest]) -> tuple[Entry, list[TestVerdict]] | None:
        """The verdict with one of these keys, and of it these tests, in their present points and words; None where
        there is none that holds for all of them."""
        for entry in (self._known[key] for key in keys if key in self._known):
            kept = keep_holding(entry.verdict, entry.digests, tests)
            if kept and not find_untested(kept, tests):
                return entry, kept
        return None

    def has_notebook(self, entry: Entry) -> bool:
        return self.notebook(entry).is_file()

    def notebook(self, entry: Entry) -> Path:
        """The notebook as it was run."""
        return self.course.graded_attempts(self.id, entry.verdict.student) / f"{entry.key[:32]}.ipynb"
