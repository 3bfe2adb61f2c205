"""Which modules a Python file imports, without running it, and where they are installed."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

_MAGIC = re.compile(r"^[ \t]*[%!].*", re.MULTILINE)


def imported_modules(path: Path, *, within: bool = False) -> list[str]:
    """Those that the file's imports name. within: those of imports within functions and the like, too."""
    return modules_in(path.read_bytes().decode("utf-8", "replace"), within=within)


def modules_in(text: str, *, within: bool = False) -> list[str]:
    """Modules named in a source's top-level imports, in order, each once; none where it does not parse.
    Lines of magics are passed over."""
    for source in (text, _MAGIC.sub("", text)):
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            continue
        return modules_of(ast.walk(tree) if within else tree.body)
    return []


def modules_of(nodes: Iterable[ast.AST]) -> list[str]:
    """Modules that the import statements among these nodes name, in order, each once."""
    found: dict[str, None] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= dict.fromkeys(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found[node.module] = None
    return list(found)
