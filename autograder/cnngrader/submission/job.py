"""A submission to be graded."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cnngrader.sandbox.limits import Limits


@dataclass(frozen=True)
class Job:
    """All that grading a submission needs.

    notebook: the submitted file. template: the released one. rubric: the text of the tests.
    files: {name: content} beside the notebook. readable: paths the kernel may read, of data sets.
    draw: what its inputs are drawn of, see `draws.py`. further: draws with which its tests are run again.
    only: names of tests to run, all where not given.
    notes: for staff, on what was handed in. record: whether its verdict is to tell each call.
    variant: the student's own answers, for the rubric alone; see `cnngrader.authoring.variants`.
    """

    student: str
    assignment: str
    notebook: bytes
    template: bytes
    rubric: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    readable: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    draw: str = ""
    further: tuple[str, ...] = ()
    variant: Any = None
    notes: tuple[str, ...] = ()
    only: tuple[str, ...] | None = None
    confined: bool = True
    record: bool = False

    def __repr__(self) -> str:
        """Names nobody, and tells nothing of the tests: a cluster's workers log what a failed task was given."""
        return f"Job of {self.assignment}"

    def emptied(self) -> "Job":
        """Without anything of its student's: grading it gives the verdict of who has nothing."""
        return replace(self, notebook=b"", files={})
