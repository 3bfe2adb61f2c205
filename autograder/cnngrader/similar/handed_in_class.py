"""Where a class's submissions are, in a course of any kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from cnngrader.assignment import Assignment
from cnngrader.course import Course
from cnngrader.errors import UsageError


@dataclass(frozen=True)
class HandedInClass:
    """folders: {student: what they handed in}. release: what they were given. page: where the comparison goes."""

    id: str
    title: str
    folders: Mapping[str, Path]
    release: Path
    page: Path
    zone: tzinfo | None = None

    @classmethod
    def of(cls, course: Course, assignment: Assignment) -> "HandedInClass":
        """In a course of the kit's. Raises UsageError where nobody handed in."""
        id = assignment.id
        folders = {student: course.submitted(id, student) for student in course.students(id)}
        if not folders:
            raise UsageError(
                f"nobody handed in {id}: {course.home / 'submitted'} has no STUDENT/{id}. Run: cnnkit collect {id} PATH"
            )
        page = course.report(f"{id}.similar")
        return cls(id, assignment.title, folders, course.released(id), page, course.zone_of(assignment))
