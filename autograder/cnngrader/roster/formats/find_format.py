"""Of which format a list is, told by its headings."""

from cnngrader.errors import UsageError
from cnngrader.roster.formats.canvas import Canvas
from cnngrader.roster.formats.class_list import ClassList
from cnngrader.roster.formats.gradescope import Gradescope
from cnngrader.roster.formats.moodle import Moodle
from cnngrader.roster.formats.plain import Plain
from cnngrader.table_file import read_table

FORMATS: list[type[ClassList]] = [Canvas, Moodle, Gradescope, Plain]
"""Tried in this order; a new platform is a file and an entry here."""


def find_format(content: bytes, name: str) -> ClassList:
    """Raises UsageError where no format has these headings."""
    table = read_table(content, name)
    kind = next((kind for kind in FORMATS if kind.knows(set(table.header))), None)
    if kind is None:
        raise UsageError(
            f"{name} is no list of a class that is known: {', '.join(one.KIND for one in FORMATS)}. "
            f"Its columns are: {', '.join(table.header[:8])}"
        )
    return kind(table)
