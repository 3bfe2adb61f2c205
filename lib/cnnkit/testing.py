"""What the tests of both packages share: which of their modules import which."""

import ast
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType


def check_floors(package: ModuleType, floors: str) -> None:
    """Asserts that imports in a package go downwards only, wherever in a file they stand.

    floors: what stands right in the package, files and packages, from the lowest floor up. Each imports from what is
    named before it alone, on its own floor or below.
    """
    order, imports = floors.split(), imports_of(package)
    rooms = {module: module.split(".")[1] for module in imports if module != package.__name__}
    assert set(rooms.values()) == set(order)
    for module, room in rooms.items():
        for other in {rooms[name] for name in imports[module] if name in rooms} - {room}:
            assert order.index(other) < order.index(room), f"{module} imports {other}"


def imports_of(package: ModuleType) -> dict[str, set[str]]:
    """The modules of a package, those of tests apart, each with the others that it imports."""
    assert package.__file__
    folder, found = Path(package.__file__).parent, {}
    for path in folder.rglob("*.py"):
        if not path.name.endswith(("_test.py", "conftest.py", "testing.py")):
            parts = path.relative_to(folder.parent).with_suffix("").parts
            found[".".join(parts).removesuffix(".__init__")] = set(imported_by(path))
    return {module: names & found.keys() - {module} for module, names in found.items()}


def imported_by(path: Path) -> Iterator[str]:
    """Names that a file imports, each with all that it might be."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
