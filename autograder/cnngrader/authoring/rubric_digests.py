"""What each test of a rubric depends on, as a digest: where that is the same, its verdict still holds."""

import ast
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cnngrader.authoring.rubric import Rubric, RubricTest
from cnnkit.check._graded import GradedTest

PYTEST_CALLS = ("setup", "teardown", "pytest")
"""How names begin that pytest looks for in any file, whatever the tests say."""


@dataclass(frozen=True)
class DigestedTest:
    """A test of the rubric as it is now. digest: changes with all that may change its outcome, so
    not with comments, blank lines, its title, its points, its check, or whether it is hidden."""

    name: str
    title: str
    mark: GradedTest
    digest: str


def digest_tests(rubric: Rubric) -> list[DigestedTest]:
    """The tests of a rubric, in its order.

    A test depends on its own code, on the fixtures that pytest calls for it, on the definitions of the
    rubric that it names, on what those name in turn, on every statement that calls something and may
    have changed one of these, and on every statement that is no plain definition. A name counts
    wherever it stands: a fixture is an argument, and pytest takes some as text.
    """
    body = _Body(rubric.text)
    return [DigestedTest(test.name, test.title, test.mark, body.digest(test)) for test in rubric.tests]


class _Body:
    def __init__(self, text: str):
        self.definitions: dict[str, list[ast.stmt]] = {}
        self.common: list[ast.stmt] = []
        nodes = ast.parse(text).body
        variables: set[str] = set()
        for node in nodes:
            names = _defined(node)
            variables |= names if isinstance(node, ast.Assign | ast.AnnAssign) else set()
            for name in names:
                self.definitions.setdefault(name, []).append(node)
            if not names and not _is_text(node):
                self.common.append(node)
        changes = [(node, self._reached(_names(*_run(node))) & variables) for node in nodes if _calls(node)]
        for node, changed in changes:
            for name in changed:
                if node not in self.definitions[name]:
                    self.definitions[name].append(node)

    def digest(self, test: RubricTest) -> str:
        function = next(node for node in self.definitions[test.name] if isinstance(node, ast.FunctionDef))
        own = ast.FunctionDef(
            name=function.name,
            args=function.args,
            body=[node for node in function.body if not _is_text(node)],
            decorator_list=[node for node in function.decorator_list if not _is_mark(node)],
        )
        used = {*test.fixtures, *_names(own, *self.common)}
        reached = [node for name in sorted(self._reached(used) - {test.name}) for node in self.definitions[name]]
        parts = [repr(test.mark.seconds), ast.dump(own), *(ast.dump(node) for node in [*self.common, *reached])]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def _reached(self, names: Iterable[str]) -> set[str]:
        """Those of the names that the rubric defines, and what their definitions use in turn."""
        reached: set[str] = set()
        waiting = set(names) & self.definitions.keys()
        while waiting:
            name = waiting.pop()
            reached.add(name)
            waiting |= set(_names(*self.definitions[name])) & self.definitions.keys() - reached
        return reached


def _defined(node: ast.stmt) -> set[str]:
    """Names of a plain definition; none for a statement that may do anything."""
    names: set[str] = set()
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            names = {name}
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases) if getattr(node, "module", "") != "__future__":
            names = {(alias.asname or alias.name).split(".")[0] for alias in aliases} - {"*"}
        case ast.Assign(targets=targets):
            names = _plain(targets)
        case ast.AnnAssign(target=target):
            names = _plain([target])
    return set() if any(name.lower().startswith(PYTEST_CALLS) for name in names) and not _imports(node) else names


def _plain(targets: list[ast.expr]) -> set[str]:
    """A and B of `A, B = ...`; none where a part of something is set."""
    parts = [part for target in targets for part in (target.elts if isinstance(target, ast.Tuple) else [target])]
    names = {part.id for part in parts if isinstance(part, ast.Name)}
    return names if len(names) == len(parts) else set()


def _run(node: ast.stmt) -> list[ast.AST]:
    """What of a definition is run when the rubric is loaded."""
    match node:
        case ast.FunctionDef(args=args):
            defaults = [*args.defaults, *(value for value in args.kw_defaults if value)]
            return [*(part for part in node.decorator_list if not _only_marks(part)), *defaults]
        case ast.ClassDef():
            return [node]
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return [value]
    return []


def _calls(node: ast.stmt) -> bool:
    """Whether it calls something when it is run, as a decorator does and a class with a base may."""
    if isinstance(node, ast.ClassDef) and (node.bases or node.decorator_list):
        return True
    if isinstance(node, ast.FunctionDef) and any(not _only_marks(part) for part in node.decorator_list):
        return True
    return any(isinstance(part, ast.Call) for run in _run(node) for part in ast.walk(run))


def _names(*nodes: ast.AST) -> Iterator[str]:
    for part in (part for node in nodes for part in ast.walk(node)):
        match part:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Constant(value=str() as name):
                yield name


def _imports(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _only_marks(node: ast.expr) -> bool:
    """Whether a decorator is graded's or pytest's own, which change nothing but the function."""
    while isinstance(node, ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value
    return isinstance(node, ast.Name) and node.id in ("graded", "pytest")


def _is_mark(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "graded"
