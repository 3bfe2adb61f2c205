"""Which modules a Python file imports, without running it."""

import ast
from pathlib import Path


def imported_modules(path: Path) -> list[str]:
    """Modules named in the file's top-level imports, in order, each once; none where it does not parse."""
    try:
        body = ast.parse(path.read_text(encoding="utf-8")).body
    except (SyntaxError, ValueError):
        return []
    found: dict[str, None] = {}
    for node in body:
        if isinstance(node, ast.Import):
            found |= dict.fromkeys(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found[node.module] = None
    return list(found)
