"""Which modules a Python file imports, without running it."""

import ast
from collections.abc import Iterable
from pathlib import Path


def imported_modules(path: Path) -> list[str]:
    """Modules named in the file's top-level imports, in order, each once; none where it does not parse."""
    try:
        body = ast.parse(path.read_text(encoding="utf-8")).body
    except (SyntaxError, ValueError):
        return []
    return modules_of(body)


def modules_of(nodes: Iterable[ast.AST]) -> list[str]:
    """Modules that the import statements among these nodes name, in order, each once."""
    found: dict[str, None] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= dict.fromkeys(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found[node.module] = None
    return list(found)
