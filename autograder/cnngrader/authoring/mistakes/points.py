"""What the notebook's first text says of points, and what the tests give."""

from collections.abc import Iterator, Sequence

from cnngrader.authoring.mistakes.lined_cell import LinedCell, Mistake
from cnngrader.authoring.rubric import Rubric

_SUMS = ("total", "sum", "all", "together")


def find_wrong_points(cells: Sequence[LinedCell], rubric: Rubric) -> Iterator[Mistake]:
    """A table above the first code whose last column is of points, and does not add up to those that there are."""
    given = sum(rubric.points().values())
    by_hand = [
        one.cell.metadata["points"] for one in cells if "manual" in one.cell.metadata and "points" in one.cell.metadata
    ]
    given += sum(points for points in by_hand if isinstance(points, int | float))
    first = next((place for place, one in enumerate(cells) if one.is_code), len(cells))
    for one in cells[:first]:
        rows: list[list[str]] = []
        begin = 0
        for number, line in [*one.lines(), (0, "")]:
            if line.lstrip().startswith("|"):
                begin = begin or number
                rows.append([part.strip() for part in line.strip().strip("|").split("|")])
                continue
            if rows and rows[0][-1].casefold() == "points":
                yield from _compare(one, begin, rows[1:], given)
            rows, begin = [], 0


def _compare(one: LinedCell, line: int, rows: list[list[str]], given: float) -> Iterator[Mistake]:
    numbers = [_number(row[-1]) for row in rows if not row[0].strip("*_ ").casefold().startswith(_SUMS)]
    told = sum(number for number in numbers if number is not None)
    if abs(told - given) > 1e-6:
        yield one.mistake(f"the table adds up to {told:g} points, and tests and written answers give {given:g}", line)


def _number(text: str) -> float | None:
    try:
        return float(text.strip("*_ ").replace(",", "."))
    except ValueError:
        return None
