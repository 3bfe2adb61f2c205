"""The tables of the classes, each read anew only where a file has changed of which it is made."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from cnngrader.assignment import Assignment
from cnngrader.course import CONFIG_NAME, Course
from cnngrader.serving.class_table import ClassTable, find_run, read_table

State = tuple[tuple[str, int, int], ...]
"""(path, size, time of its last change in ns) of each file."""
SETTLED = 10**9
"""How long ago a file's last change must be, in ns: within a tick of the clock another one would not be seen."""


class ClassTables:
    """A page that is followed asks every other second, and mostly nothing has changed."""

    def __init__(self, course: Course):
        self.course = course
        self._kept: dict[str, tuple[State, ClassTable]] = {}

    def read(self, assignment: Assignment) -> ClassTable:
        state, now = self._state(assignment.id), time.time_ns()
        if (kept := self._kept.get(assignment.id)) and kept[0] == state:
            return replace(kept[1], assignment=assignment, **find_run(self.course, assignment.id))
        table = read_table(self.course, assignment)
        if all(changed < now - SETTLED for _, _, changed in state) and self.course.database.startswith("sqlite"):
            self._kept[assignment.id] = (state, table)  # a server's gradebook has no file that tells of a change
        return table

    def _state(self, id: str) -> State:
        found = []
        for path in self._files(id):
            try:
                stat = path.stat()
            except OSError:
                continue
            found.append((str(path), stat.st_size, stat.st_mtime_ns))
        return tuple(found)

    def _files(self, id: str) -> Iterator[Path]:
        home, gradebook = self.course.home, self.course.database.partition(":///")[2].partition("?")[0]
        yield from (home / CONFIG_NAME, self.course.roster, self.course.journal(id))
        yield from (Path(gradebook), Path(f"{gradebook}-wal"))
        for folder in (home / "submitted", self.course.log(id, "any").parent):
            yield from (folder, *(sorted(folder.iterdir()) if folder.is_dir() else ()))
