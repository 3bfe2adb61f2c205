"""What tells a release of an assignment from its others."""

import hashlib
import re

from cnngrader.assignment import Assignment
from cnngrader.authoring.rubric import Rubric
from cnngrader.errors import AuthorError

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
_SOLUTION = re.compile(rf"{BEGIN}.*?{END}", re.DOTALL)


def release_digest(assignment: Assignment, rubric: Rubric) -> str:
    """Of all that students get: the notebook without its solutions, the public tests, the files beside them. A due date
    that moves makes no other release.

    Raises AuthorError where the source is no text.
    """
    digest = hashlib.sha256(rubric.public_text().encode())
    digest.update(_SOLUTION.sub("", read_source(assignment)).encode())
    for name, content in sorted(assignment.attached().items()):
        digest.update(f"\0{name}\0".encode() + content)
    return digest.hexdigest()[:8]


def read_source(assignment: Assignment) -> str:
    """The notebook as its author writes it. Raises AuthorError where that is no text."""
    try:
        return assignment.source.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise AuthorError(f"{assignment.source}: not a text in UTF-8: {error}") from None
