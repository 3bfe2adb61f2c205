"""An author's mistake is told with its file, its line, its key, and what belongs there."""

from dataclasses import dataclass, field

import pytest

from cnngrader.declared import fault, read_declared
from cnngrader.errors import AuthorError


@dataclass(frozen=True)
class Step:
    name: str
    code: str = ""
    pairs: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    title: str = ""
    steps: list[Step] = field(default_factory=list)
    rates: dict[str, float] = field(default_factory=dict)


TEXT = '''# A plan
title = "ü"

[[steps]]
name = "first"
code = """
[not.a.table]
name = 3
"""

[[steps]]
name = "second"
pairs = [
  ["a", "b"],
  ["c", "d"],
]

[rates]
slow = 1
'''


@pytest.fixture
def path(tmp_path):
    return tmp_path / "plan.toml"


def read(path, text):
    path.write_text(text, encoding="utf-8")
    return read_declared(path, Plan)


def test_what_is_declared_is_read(path):
    plan = read(path, TEXT)
    assert plan.title == "ü" and plan.rates == {"slow": 1.0}
    assert plan.steps[0].code == "[not.a.table]\nname = 3\n"
    assert plan.steps[1] == Step("second", "", [("a", "b"), ("c", "d")])


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('"ü"', "3", "line 2: title is 3, and must be text"),
        ('name = "second"\n', "", "line 11: steps 2.name is missing"),
        ('name = "second"', "name = 2026-03-08", "line 12: steps 2.name is 2026-03-08, and must be text"),
        ("pairs = [", "pears = [", "line 13: steps 'second'.pears is unknown; known are code, name, pairs"),
        ('["c", "d"]', '["c"]', "line 13: steps 'second'.pairs 2 is ['c'], and must be a list of 2"),
        ("slow = 1", 'slow = "1"', "line 18: rates is {'slow': '1'}, and must be a number"),
        ("slow = 1", "slow = true", "and must be a number"),
        ("[rates]", "[rate]", "line 18: rate is unknown; known are rates, steps, title"),
        ('[[steps]]\nname = "first"', '[steps]\nname = "first"', "not valid TOML"),
        ("title =", "title", "not valid TOML"),
    ],
)
def test_a_mistake_has_its_line(path, right, wrong, said):
    with pytest.raises(AuthorError) as error:
        read(path, TEXT.replace(right, wrong))
    assert str(error.value).startswith(str(path)) and said in str(error.value)


def test_one_table_where_there_may_be_several_is_told(path):
    with pytest.raises(AuthorError, match=r"line 1: steps is one table, and must be a list of tables.*\[\[ \]\]"):
        read(path, "[steps]\nname = 'a'\n")


def test_what_the_reader_of_the_file_finds_has_a_line_as_well(path):
    read(path, TEXT)
    assert "plan.toml, line 6: steps 'first'.code does not run" in str(
        fault(path, ("steps", 0, "code"), "does not run")
    )


def test_a_file_that_is_not_utf_8_is_told(path):
    path.write_bytes(b"title = '\xff'")
    with pytest.raises(AuthorError, match="not valid TOML"):
        read_declared(path, Plan)
