import ast
from pathlib import Path

import cnngrader

HOUSE = Path(cnngrader.__file__).parent
FLOORS = """
    errors plain_text cells files no_uri_grammar installed console
    ids when stamp_file declared course_zone
    sandbox
    assignment course kernel
    submission
    gradebook
    authoring collecting
    grading
    workers
    verifying ordinary pages
    doctor
    commands
    __main__
"""
"""From the lowest up. What stands on a floor imports from those below it, and from its neighbours to the left."""


def test_imports_go_downwards_only():
    order = FLOORS.split()
    for path in files():
        room = room_of(path)
        for other in imported_rooms(path) - {room}:
            assert order.index(other) < order.index(room), f"{path.relative_to(HOUSE)} imports {other}"


def test_every_room_has_a_floor():
    assert {room_of(path) for path in files()} == set(FLOORS.split())


def files() -> list[Path]:
    own = [path for path in HOUSE.rglob("*.py") if path.parent != HOUSE or path.stem != "__init__"]
    return [path for path in own if not path.name.endswith(("_test.py", "conftest.py", "testing.py"))]


def room_of(path: Path) -> str:
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    """Wherever in the file an import stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module] if node.module != "cnngrader" else [f"cnngrader.{each.name}" for each in node.names]
        elif isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("cnngrader.")}
    return found
