"""What the notebook shows as printed is what `cnnkit.counting` has of the lectures, which is held against them."""

import ast
from pathlib import Path

import pytest

from cnnkit.counting import PUBLISHED

SOURCE = Path(__file__).with_name("alexnet_counting.py")
GIVEN = {
    target.id: node.value
    for node in ast.walk(ast.parse(SOURCE.read_text(encoding="utf-8")))
    if isinstance(node, ast.Assign)
    for target in node.targets
    if isinstance(target, ast.Name)
}
COLUMNS, PRINTED, TOTALS = (ast.literal_eval(GIVEN[name]) for name in ("COLUMNS", "PRINTED", "TOTALS"))
THERE = {"alexnet": "alexnet_table", "stem": "googlenet_stem"}
CALLED = {"operations_m": "flop_m"}


def number(text):
    return float(text.replace(",", ""))


@pytest.mark.parametrize("table", THERE)
def test_each_cell_is_as_the_lecture_prints_it(table):
    cells = list(PUBLISHED[THERE[table]].cells.values())
    for (layer, shown), there in zip(PRINTED[table].items(), cells, strict=False):
        for column, value in zip(COLUMNS, shown, strict=True):
            assert value == number(there[CALLED.get(column, column)]), f"{table}, {layer}, {column}"


def test_each_total_is_as_the_lecture_prints_it():
    for table, name in (("stem", "googlenet_stem"), ("vgg", "vgg16_stem")):
        there = PUBLISHED[name].totals
        memory, thousands, operations = PRINTED["totals"][table]
        assert memory == number(there["memory_mb"]) and operations == number(there["flop_m"])
        assert thousands == (number(there["params_k"]) if "params_k" in there else 1000 * number(there["params_m"]))
    assert len(TOTALS) == 3
