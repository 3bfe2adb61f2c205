"""Code that cannot run where students run it."""

import ast
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions
from importlib.util import find_spec
from pathlib import PurePath

from packaging.utils import canonicalize_name

from cnngrader.assignment import Assignment
from cnngrader.authoring.mistakes.lined_cell import LinedCell, Mistake
from cnngrader.authoring.rubric import Rubric
from cnngrader.installed import needed
from cnngrader.submission.imports import modules_of

OURS = "cnnkit"


def find_code_that_cannot_run(cells: Sequence[LinedCell], assignment: Assignment, rubric: Rubric) -> Iterator[Mistake]:
    """Syntax errors, imports that students do not have, and names that the rubric asks for and nobody defines."""
    from IPython.core.inputtransformer2 import TransformerManager

    given = {PurePath(name).stem for name in assignment.files} | {"checks", *assignment.students.packages}
    defined: set[str] = set()
    whole = True
    for one in filter(lambda one: one.is_code, cells):
        try:
            tree = ast.parse(TransformerManager().transform_cell(one.cell.source))
        except SyntaxError as error:
            whole = False
            yield one.mistake(f"the code cannot be read: {error.msg}", one.first + (error.lineno or 1) - 1)
            continue
        defined |= {
            node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        defined |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        for node in ast.walk(tree):
            for module in modules_of([node]):
                if (top := module.partition(".")[0]) not in given and (why := _why_lacking(top)):
                    yield one.mistake(f"import {module}: {why}", one.first + getattr(node, "lineno", 1) - 1)
    for test in rubric.tests if whole else ():
        if missing := sorted(test.asks - defined):
            yield Mistake(0, f"{test.name} of the rubric asks for {' and '.join(missing)}, which no cell defines")


def _why_lacking(module: str) -> str:
    """Why students may not have it; "" where they do."""
    if module in sys.stdlib_module_names or module == OURS:
        return ""
    owners = {canonicalize_name(name) for name in _distributions().get(module, [])}
    if owners & _students_distributions():
        return ""
    if not owners and find_spec(module) is None:
        words = "it is not installed here"
    else:
        words = "it does not come with cnnkit"
    return (
        f"{words}, so students may not have it. Where they do, course.toml says so: [students] packages = [{module!r}]"
    )


@cache
def _distributions() -> dict[str, list[str]]:
    return dict(packages_distributions())


@cache
def _students_distributions() -> frozenset[str]:
    """All that `pip install cnnkit` brings, without what graders need beside it."""
    found: set[str] = set()
    waiting = [OURS]
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in found:
            continue
        found.add(name)
        with suppress(PackageNotFoundError):  # of another system
            waiting += [one.name for one in needed("", name)]
    return frozenset(found)
