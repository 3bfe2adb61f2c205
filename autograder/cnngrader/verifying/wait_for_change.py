"""Waiting until an author has saved a file."""

import time
from pathlib import Path

from cnngrader.assignment import Assignment
from cnngrader.files import files_in

LOOK_SECONDS = 0.5


def state_of(assignment: Assignment) -> dict[Path, tuple[int, int]]:
    """{file of the assignment, or its rubric: its time and size}"""
    paths = [*files_in(assignment.folder).values(), assignment.rubric]
    found = {}
    for path in paths:
        try:
            stat = path.stat()
        except FileNotFoundError:  # an editor that saves puts a new file in its place
            continue
        found[path] = (stat.st_mtime_ns, stat.st_size)
    return found


def wait_for_change(assignment: Assignment, before: dict[Path, tuple[int, int]]) -> None:
    """Returns once a file is not as it was before, and nothing has changed since the last look."""
    last = before
    while (now := state_of(assignment)) == before or now != last:
        last = now
        time.sleep(LOOK_SECONDS)
