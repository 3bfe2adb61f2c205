"""What each test of a rubric depends on, as a digest: where that is the same, its verdict still holds."""

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from cnngrader.authoring.rubric import Rubric
from cnnkit.check.graded import GradedTest

PYTEST_CALLS = ("setup", "teardown", "pytest")
"""How functions begin that pytest calls by themselves."""


@dataclass(frozen=True)
class DigestedTest:
    """A test of the rubric as it is now. digest: changes with all that may change its outcome, so
    not with comments, blank lines, its title, its points, its check, or whether it is hidden."""

    name: str
    title: str
    mark: GradedTest
    digest: str


def digested(rubric: Rubric) -> list[DigestedTest]:
    """The tests of a rubric, in its order.

    A test depends on its own code, on the definitions of the rubric that it names, on what those
    name in turn, and on every statement that is no plain definition. A name counts wherever it
    stands: a fixture is an argument, and pytest takes some as text.
    """
    body = _Body(rubric.text)
    return [
        DigestedTest(test.name, body.title(test.name), test.mark, body.digest(test.name, test.mark))
        for test in rubric.tests
    ]


class _Body:
    def __init__(self, text: str):
        self.definitions: dict[str, list[ast.stmt]] = {}
        self.common: list[ast.stmt] = []
        for node in ast.parse(text).body:
            names = _defined(node)
            for name in names:
                self.definitions.setdefault(name, []).append(node)
            if not names and not _is_text(node):
                self.common.append(node)

    def title(self, name: str) -> str:
        """As `cnnkit.check.graded.title` has it of the function."""
        doc = (ast.get_docstring(self._function(name), clean=False) or "").strip()
        return doc.splitlines()[0] if doc else name.removeprefix("test_").replace("_", " ")

    def digest(self, name: str, mark: GradedTest) -> str:
        test = self._function(name)
        own = ast.FunctionDef(
            name=test.name,
            args=test.args,
            body=[node for node in test.body if not _is_text(node)],
            decorator_list=[node for node in test.decorator_list if not _is_mark(node)],
        )
        used = {part for node in [own, *self.common] for part in _names(node)}
        reached: set[str] = set()
        waiting = used & self.definitions.keys() - {name}
        while waiting:
            other = waiting.pop()
            reached.add(other)
            used = {part for node in self.definitions[other] for part in _names(node)}
            waiting |= used & self.definitions.keys() - reached - {name}
        parts = [repr(mark.seconds), ast.dump(own), *map(ast.dump, self.common)]
        parts += [ast.dump(node) for other in sorted(reached) for node in self.definitions[other]]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def _function(self, name: str) -> ast.FunctionDef:
        return next(node for node in self.definitions[name] if isinstance(node, ast.FunctionDef))


def _defined(node: ast.stmt) -> set[str]:
    """Names of a plain definition; none for a statement that may do anything."""
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            by_itself = name.lower().startswith(PYTEST_CALLS) or any(
                "autouse" in ast.unparse(decorator) for decorator in node.decorator_list
            )
            return set() if by_itself else {name}
        case ast.Import(names=names) | ast.ImportFrom(names=names) if getattr(node, "module", "") != "__future__":
            return {(alias.asname or alias.name).split(".")[0] for alias in names} - {"*"}
        case ast.Assign(targets=targets):
            return _plain(targets)
        case ast.AnnAssign(target=target):
            return _plain([target])
    return set()


def _plain(targets: list[ast.expr]) -> set[str]:
    """A and B of `A, B = ...`; none where a part of something is set or pytest reads the name."""
    parts = [part for target in targets for part in (target.elts if isinstance(target, ast.Tuple) else [target])]
    names = {part.id for part in parts if isinstance(part, ast.Name)}
    return names if len(names) == len(parts) and not any(name.startswith(PYTEST_CALLS) for name in names) else set()


def _names(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        match part:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Constant(value=str() as name):
                yield name


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_mark(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "graded"
