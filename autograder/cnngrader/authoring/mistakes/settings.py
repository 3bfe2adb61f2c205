"""What assignment.toml says of checks and of written questions, and those that there are."""

from collections.abc import Iterator, Sequence

from cnngrader.assignment import Assignment
from cnngrader.authoring.mistakes.lined_cell import LinedCell
from cnngrader.authoring.rubric import Rubric
from cnngrader.declared import Key, fault
from cnngrader.did_you_mean import did_you_mean
from cnngrader.rubric_item import most_of


def find_wrong_settings(assignment: Assignment, cells: Sequence[LinedCell], rubric: Rubric) -> Iterator[str]:
    """Each told with file and line."""
    written = {
        str(one.cell.metadata["manual"]): float(one.cell.metadata["points"])
        for one in cells
        if "manual" in one.cell.metadata and isinstance(one.cell.metadata.get("points"), int | float)
    }
    path = assignment.settings
    for audience, ids in assignment.audience.items():
        for place, id in enumerate(ids):
            if id not in written and id not in rubric.points():
                words = f"is {id!r}, which is no check and no written question{_near(id, [*rubric.points(), *written])}"
                yield str(fault(path, ("audience", audience, place), words))
    first: dict[str, Key] = {}
    for number, item in enumerate(assignment.items):
        first.setdefault(item.question, ("item", number))
        if item.question not in written:
            words = f"is {item.question!r}, which is no written question{_near(item.question, list(written))}"
            yield str(fault(path, ("item", number, "question"), words))
    for question, key in first.items():
        given = most_of(assignment.items, question)
        if question in written and abs(given - written[question]) > 1e-6:
            words = f"and the others of {question!r} give {given:g} points, and its cell says {written[question]:g}"
            yield str(fault(path, key, words))


def _near(id: str, known: Sequence[str]) -> str:
    return did_you_mean(id, known, f"; there are {', '.join(known) or 'none'}", shown=repr)
