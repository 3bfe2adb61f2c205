"""docs/authoring.md names every mark and every key that an author can write."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from cnngrader.assignment import Settings
from cnngrader.authoring.mistakes.marks import OPTIONS
from cnngrader.course_file import CourseFile, Students
from cnngrader.rubric_item import RubricItem
from cnngrader.sandbox.limits import Limits
from cnngrader.verifying.alternatives import Alternative
from cnngrader.verifying.equivalent import Equivalent
from cnngrader.verifying.mutants import Mutant
from cnnkit import check
from cnnkit.check import GradedTest

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "authoring.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", PAGE))))
DECLARED = [Settings, Limits, RubricItem, CourseFile, Students, Mutant, Equivalent, Alternative, GradedTest]


@pytest.mark.parametrize("kind", DECLARED, ids=lambda kind: kind.__name__)
def test_every_key_is_there(kind):
    assert {field.name for field in fields(kind)} - NAMED - {"check"} == set()


def test_every_option_of_a_cell_and_all_that_a_rubric_imports_are_there():
    assert (set(OPTIONS) | set(check.__all__)) - NAMED - {"Checks", "GradedTest", "Submission"} == set()


def test_pages_of_the_course_are_in_the_contents():
    docs = Path(__file__).resolve().parents[3] / "docs"
    listed = set(re.findall(r"^([\w/]+)$", (docs / "index.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert {path.stem for path in docs.glob("*.md")} - {"index"} <= listed
