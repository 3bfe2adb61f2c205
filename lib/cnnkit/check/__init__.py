"""Checks of a student's work: written once as a rubric, run in the notebook and by the grader.

In a notebook the rubric calls the student's functions directly; under grading it calls them in
another, confined process. Both go through `Submission` and the same plain-data codec, so a check
says the same thing in both places. Nothing here imports TensorFlow.
"""

from cnnkit.check._expect import CheckFailed, PartialCredit, as_array, as_list, brief, expect, fail
from cnnkit.check._graded import GradedTest, graded
from cnnkit.check._load_checks import load_checks
from cnnkit.check.checks import Checks, is_grading
from cnnkit.check.submission import Submission

__all__ = [
    "CheckFailed",
    "Checks",
    "GradedTest",
    "PartialCredit",
    "Submission",
    "as_array",
    "as_list",
    "brief",
    "expect",
    "fail",
    "graded",
    "is_grading",
    "load_checks",
]
