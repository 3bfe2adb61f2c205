"""What a file imports is read from its text."""

from cnngrader.submission.imports import imported_modules


def test_imports_are_found_in_order_and_once(tmp_path):
    path = tmp_path / "cells.py"
    path.write_text(
        "import numpy as np, os.path\nfrom keras import layers\nfrom keras import ops\nfrom . import near\n"
    )
    assert imported_modules(path) == ["numpy", "os.path", "keras"]


def test_imports_inside_functions_wait_until_they_are_needed(tmp_path):
    path = tmp_path / "cells.py"
    path.write_text("def f():\n    import torch\n")
    assert imported_modules(path) == []
    assert imported_modules(path, within=True) == ["torch"]


def test_a_file_that_does_not_parse_imports_nothing(tmp_path):
    path = tmp_path / "cells.py"
    path.write_text("import numpy\nreturn return\n")
    assert imported_modules(path) == []


def test_magics_hide_no_imports(tmp_path):
    path = tmp_path / "cells.py"
    path.write_text("%matplotlib inline\nimport numpy\n!ls\nrest = 7\\\n  % 4\n")
    assert imported_modules(path) == ["numpy"]
