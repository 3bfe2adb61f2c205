"""What nbgrader has written into a notebook's cells, so that it knows them again."""

from typing import Any

from nbformat import NotebookNode

OF_ANSWERS, OF_LOCKED = "answer-", "locked-"
"""What the ids of such cells begin with, before the name that their author has given."""


def mark_of(cell: NotebookNode) -> Any:
    """nbgrader's mark, with grade_id, grade, solution, locked and points; an empty one where it has none."""
    return cell.get("metadata", {}).get("nbgrader", {})


def id_of(cell: NotebookNode) -> str:
    """The id that nbgrader knows it by; "" where it has none."""
    return str(mark_of(cell).get("grade_id", ""))


def name_of(cell: NotebookNode) -> str:
    """As its author calls it; "" where it has no id."""
    return id_of(cell).removeprefix(OF_ANSWERS).removeprefix(OF_LOCKED)


def is_answer(cell: NotebookNode) -> bool:
    """Whether it is a student's to fill in."""
    return bool(mark_of(cell).get("solution"))


def is_check(cell: NotebookNode) -> bool:
    """A locked grade cell: what it stands for is done outside the kernel."""
    mark = mark_of(cell)
    return bool(mark.get("grade") and not mark.get("solution"))
