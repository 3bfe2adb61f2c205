"""Extensions of the roster, in nbgrader's gradebook, as its `grant_extension` enters them."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from cnngrader.assignment import Assignment
from cnngrader.course import Course
from cnngrader.files import OWNER_ALONE, write_whole
from cnngrader.roster.students_file import read_roster


class Extensions:
    """Of one assignment. What the gradebook was last told is remembered, so that what somebody has granted there by
    hand is known from what the roster said before, and stays."""

    def __init__(self, course: Course, assignment: Assignment):
        self._path = course.journal(assignment.id, "extensions")
        self._told = self.read(self._path)
        roster, zone = read_roster(course), course.zone_of(assignment)
        self._until: dict[str, datetime] = {}
        for student in roster.students.values():
            until = student.extended_until(assignment.id, zone)
            for id in filter(None, (student.id, student.group_id)) if until else ():
                assert until is not None
                self._until[id] = max(until, self._until.get(id, until))  # a group has the longest of its students'

    def students(self) -> Iterable[str]:
        """Who has one in the roster, and their groups."""
        return self._until.keys()

    def wanted(self, student: str, due: datetime) -> timedelta | None:
        """As the roster says."""
        until = self._until.get(student)
        return until - due if until and until > due else None

    def counting(self, student: str, due: datetime, found: timedelta | None) -> timedelta | None:
        """What the gradebook is to have, where it has `found`: that, where it was granted there."""
        wanted = self.wanted(student, due)
        return found if found and found not in (wanted, self._last(student)) else wanted

    def remember(self, student: str, due: datetime, entered: timedelta | None) -> None:
        """What the gradebook has now, where it came from the roster."""
        extension = self.wanted(student, due)
        if entered != extension or extension == self._last(student):
            return
        self._told.pop(student, None)
        if extension is not None:
            self._told[student] = extension.total_seconds()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self.write(self._path, self._told)

    @staticmethod
    def read(path: Path) -> dict[str, float]:
        """{student: seconds} of what the gradebook was told."""
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}

    @staticmethod
    def write(path: Path, told: Mapping[str, float]) -> None:
        write_whole(path, json.dumps(told, indent=1, ensure_ascii=False) + "\n", OWNER_ALONE)

    def _last(self, student: str) -> timedelta | None:
        return timedelta(seconds=self._told[student]) if student in self._told else None
