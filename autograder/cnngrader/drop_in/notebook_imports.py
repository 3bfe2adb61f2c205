"""Which modules a notebook imports, without running it."""

import ast
import json
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager


def notebook_imports(path: Path) -> list[str]:
    """Modules named in the imports of a notebook's code cells, each once; magics are passed over."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):
        return []
    found: dict[str, None] = {}
    magics = TransformerManager()  # type: ignore[no-untyped-call]
    for source in sources:
        try:
            nodes = list(ast.walk(ast.parse(magics.transform_cell(source))))
        except SyntaxError:  # of another language, or a cell that is meant to fail
            continue
        for node in nodes:
            if isinstance(node, ast.Import):
                found |= dict.fromkeys(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found[node.module] = None
    return list(found)
