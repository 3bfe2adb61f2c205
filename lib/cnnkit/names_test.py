"""A name is one thing: a module that a package's function hides could be reached by nobody."""

import ast
import pkgutil
from pathlib import Path

import pytest

import cnnkit

PACKAGES = {"cnnkit": Path(cnnkit.__path__[0])} | {
    name: Path(cnnkit.__path__[0]).joinpath(*name.split(".")[1:])
    for _, name, is_package in pkgutil.walk_packages(cnnkit.__path__, "cnnkit.")
    if is_package
}


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_that_a_package_binds_hides_a_module_of_it(package):
    tree = ast.parse((PACKAGES[package] / "__init__.py").read_text(encoding="utf-8"))
    bound = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module != package:
            bound |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Assign):
            bound |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    modules = {module.name for module in pkgutil.iter_modules([str(PACKAGES[package])])}
    assert not bound & modules, "its file is private, and has an underscore before its name"
