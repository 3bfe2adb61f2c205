from itertools import pairwise
from pathlib import Path

import pytest

SOURCES = sorted(Path(__file__).parent.glob("*/*.py"))
SOURCES = [path for path in SOURCES if path.stem == path.parent.name]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_line_of_a_text_stands_twice_in_succession(path):
    """As a slip of an editor leaves it, which breaks a formula."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line, after in pairwise(lines) if line == after and line.startswith("# ")] == []
