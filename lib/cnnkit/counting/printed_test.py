"""What is shown as printed in a lecture is what the lecture prints, cell by cell."""

from pathlib import Path

import pytest

from cnnkit.counting import PUBLISHED
from cnnkit.counting.published import PRINTED

LECTURES = Path(__file__).parents[4] / "shared" / "lectures"
TABLES = [name for name, published in PUBLISHED.items() if len(published.cells) > 1 and "1x1" not in name]


def lecture(source):
    """The text of the lecture that a source begins with: "lecture L4, ..."."""
    found = sorted(LECTURES.glob(f"{source.removeprefix('lecture ').split(',')[0]}_*.txt"))
    if not found:
        pytest.skip(f"the lectures' texts are not in {LECTURES}")
    return found[0].read_text(encoding="utf-8")


def printed_rows(source):
    """The cells of each row of the lecture's tables, without its first, the layer, and without empty ones."""
    rows = [line.split("\t") for line in lecture(source).splitlines()]
    return [[cell.strip() for cell in row[1:] if cell.strip()] for row in rows if len(row) > 1]


@pytest.mark.parametrize("name", TABLES)
def test_each_row_is_one_of_the_lectures(name):
    published = PUBLISHED[name]
    rows, place = printed_rows(published.source), -1
    for layer, cells in published.cells.items():
        ours = [cells[column] for column in PRINTED if column in cells]
        assert ours in rows[place + 1 :], f"{layer}: {ours} is not printed after the row before"
        place = rows.index(ours, place + 1)


@pytest.mark.parametrize("name", [name for name, published in PUBLISHED.items() if published.totals])
def test_each_total_stands_in_the_lecture(name):
    published = PUBLISHED[name]
    text = lecture(published.source)
    for column, printed in published.totals.items():
        unit = {"memory_mb": " MB", "params_k": "K", "params_m": "M"}.get(column, "")
        assert f"{printed}{unit}" in text.replace("\\text{", "").replace("{", ""), column
