"""Which modules a notebook imports, and an assignment, without running anything."""

import ast
import json
from contextlib import suppress
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager
from nbgrader.coursedir import CourseDirectory

from cnngrader.submission.imports import imported_modules, modules_of


def instructors_imports(course: CourseDirectory, id: str) -> tuple[str, ...]:
    """What the instructor's notebooks import, and never what a student's do: the warm parent has no limits."""
    found: dict[str, None] = {}
    for step in (course.source_directory, course.release_directory):
        folder = Path(course.format_path(step, ".", id))
        for path in sorted(folder.rglob("*.py")):
            found |= dict.fromkeys(imported_modules(path))
        for path in sorted(folder.rglob("*.ipynb")):
            found |= dict.fromkeys(notebook_imports(path))
        places = folder, Path(course.root)
        local = {path.stem for place in places if place.is_dir() for path in place.iterdir()}
        found = {name: None for name in found if name.split(".")[0] not in local}
        if found:
            break
    return tuple(found)


def notebook_imports(path: Path) -> list[str]:
    """Modules named in the imports of a notebook's code cells, each once; magics are passed over."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):
        return []
    nodes: list[ast.AST] = []
    magics = TransformerManager()
    for source in sources:
        with suppress(SyntaxError):  # of another language, or a cell that is meant to fail
            nodes.extend(ast.walk(ast.parse(magics.transform_cell(source))))
    return modules_of(nodes)
