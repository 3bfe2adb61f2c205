"""A notebook's cell, with what is asked of it more than once when two notebooks are compared."""

import re
from collections import Counter
from functools import cached_property

from nbformat import NotebookNode

ALIKE = 0.6
COMPARED = 5000  # characters of a cell that are compared word by word
_FUNCTIONS = re.compile(r"^(?:async[ \t]++)?(?:def|class)[ \t]++(\w++)", re.MULTILINE)
_VARIABLES = re.compile(r"^(\w++(?:[ \t]*+,[ \t]*+\w++)*+)[ \t]*+(?::[^=\n]*+)?=(?!=)", re.MULTILINE)


class ComparedCell:
    def __init__(self, cell: NotebookNode):
        self.cell = cell
        self.kind: str = cell.cell_type
        self.text: str = cell.source.strip()

    @cached_property
    def functions(self) -> set[str]:
        return set(_FUNCTIONS.findall(self.cell.source))

    @cached_property
    def names(self) -> set[str]:
        """All that its top level defines, by the look of its lines: it need not parse."""
        variables = _VARIABLES.findall(self.cell.source)
        return self.functions | {name.strip() for names in variables for name in names.split(",")}

    @cached_property
    def words(self) -> Counter[str]:
        return Counter(self.text[:COMPARED].split())

    @cached_property
    def length(self) -> int:
        return self.words.total()

    def is_like(self, other: "ComparedCell") -> bool:
        """Whether both have most of their words in common. other: the template's, which is short."""
        enough = ALIKE / 2 * (self.length + other.length)
        if min(self.length, other.length) <= enough:
            return False
        return sum(min(times, self.words[word]) for word, times in other.words.items()) > enough
