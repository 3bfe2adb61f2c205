"""The executed notebooks, where nbgrader's tools look for them."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from cnngrader.course import Course
from cnngrader.files import write_content
from cnngrader.stamp_file import STAMP
from cnngrader.when import written


class Autograded:
    """course/autograded/STUDENT/<id>/. What is new is staged beside its place, so that at any
    moment there is either the whole of the old or the whole of the new."""

    def __init__(self, course: Course, id: str):
        self.course, self.id = course, id

    def notebook(self, student: str) -> Path:
        return self._folder(student) / f"{self.id}.ipynb"

    def has(self, student: str) -> bool:
        return self.notebook(student).is_file()

    def read(self, student: str) -> NotebookNode:
        """The notebook; an empty one where there is none that can be read."""
        try:
            return nbformat.read(self.notebook(student), as_version=4)
        except (OSError, ValueError, nbformat.ValidationError):
            return nbformat.v4.new_notebook()

    def has_staged(self, student: str) -> bool:
        return self._part(student).is_dir()

    def stage(self, student: str, files: Mapping[str, bytes], notebook: str) -> None:
        """Write the notebook, and what lies beside it, to a hidden folder."""
        self.discard(student)
        part = self._part(student)
        part.mkdir(parents=True)
        for name, content in files.items():
            write_content(part / name, content)
        if time := self.course.time_of(self.id, student):
            (part / STAMP).write_text(written(time), encoding="utf-8")
        with (part / f"{self.id}.ipynb").open("w", encoding="utf-8") as file:
            file.write(notebook)
            file.flush()
            os.fsync(file.fileno())  # the journal will say that it is there

    def discard(self, student: str) -> None:
        """Remove what is staged."""
        if self.has_staged(student):
            shutil.rmtree(self._part(student))

    def install(self, student: str) -> None:
        """Put what is staged in its place. Nothing is done where nothing is staged."""
        if self.has_staged(student):
            shutil.rmtree(self._folder(student), ignore_errors=True)
            os.replace(self._part(student), self._folder(student))

    def _folder(self, student: str) -> Path:
        return self.course.autograded(self.id, student)

    def _part(self, student: str) -> Path:
        return self.course.autograded(f".{self.id}.part", student)
