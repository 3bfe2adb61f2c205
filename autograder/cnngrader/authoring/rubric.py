"""A rubric, read as text: its tests, what they ask of a notebook, and the part students may see."""

import ast
import io
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

from cnngrader.errors import AuthorError
from cnnkit.check.graded import GradedTest, graded

HEADER = '''"""Checks of this assignment that run in your notebook: check("name") runs one of them."""

from cnnkit.check import Checks
'''


@dataclass(frozen=True)
class RubricTest:
    """A `graded` function. asks: names of the notebook that it uses."""

    name: str
    mark: GradedTest
    asks: frozenset[str]


class Rubric:
    """The rubric in a file. Raises AuthorError, with the line, for what cannot be understood."""

    def __init__(self, path: Path):
        self.path = path
        try:
            self.text = path.read_text(encoding="utf-8")
            self._tree = ast.parse(self.text)
        except SyntaxError as error:
            raise AuthorError(f"{path}:{error.lineno}: {error.msg}") from None
        except ValueError as error:  # not UTF-8, or a zero byte
            raise AuthorError(f"{path}: not a text: {error}") from None
        self._lines = io.StringIO(self.text).readlines()  # as Python counts lines: splitlines knows further ends
        self.tests = [self._test(node, mark) for node in self._functions() if (mark := self._mark(node))]
        names = [test.name for test in self.tests]
        if twice := next((name for name in names if names.count(name) > 1), ""):
            raise AuthorError(f"{path}: two tests are called {twice}, so only the last would run")
        self._keep_variants_hidden()
        if not self.tests:
            raise AuthorError(f"{path}: no function is marked with @graded(...), so nothing earns points")

    def _functions(self) -> Iterator[ast.FunctionDef]:
        return (node for node in self._tree.body if isinstance(node, ast.FunctionDef))

    def _mark(self, node: ast.FunctionDef) -> GradedTest | None:
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "graded":
                where = f"{self.path}:{decorator.lineno}"
                try:
                    (check,) = [ast.literal_eval(argument) for argument in decorator.args]
                    options = {str(k.arg): ast.literal_eval(k.value) for k in decorator.keywords}
                    mark = GradedTest(check, **options)
                    graded(check, points=mark.points, seconds=mark.seconds)  # raises where one is not above 0
                    if not isinstance(check, str):
                        raise TypeError
                except (ValueError, TypeError):
                    known = ", ".join(field.name for field in fields(GradedTest)[1:])
                    raise AuthorError(
                        f"{where}: graded takes one check id and literal {known}, points and seconds above 0"
                    ) from None
                if not node.name.startswith("test_"):
                    raise AuthorError(f"{where}: {node.name} is graded, so its name must begin with test_")
                if any("parametrize" in ast.unparse(other) for other in node.decorator_list):
                    raise AuthorError(
                        f"{where}: {node.name} is parametrized, so each case would earn all its points. Write a loop"
                    )
                if not mark.hidden and (arguments := ast.unparse(node.args)) != "submission":
                    raise AuthorError(
                        f"{where}: {node.name} takes ({arguments}), and a public test takes (submission) alone: a "
                        "notebook calls it so"
                    )
                return mark
        return None

    def _test(self, node: ast.FunctionDef, mark: GradedTest) -> RubricTest:
        reached = [node for name in self._reached({node.name}) for node in self._definitions[name]]
        asks = {name for definition in reached for name in _asked(definition)}
        return RubricTest(node.name, mark, frozenset(asks))

    def _keep_variants_hidden(self) -> None:
        for node in self._public():
            for part in ast.walk(node):
                if isinstance(part, ast.Attribute) and ast.unparse(part) == "submission.variant":
                    raise AuthorError(
                        f"{self.path}:{part.lineno}: a public test uses submission.variant, which a student's notebook "
                        "does not have. Mark the test hidden=True."
                    )

    def points(self) -> dict[str, float]:
        """{check id: points of its tests}, in the rubric's order."""
        return self._sum(hidden_only=False)

    def hidden_points(self) -> dict[str, float]:
        return self._sum(hidden_only=True)

    def _sum(self, hidden_only: bool) -> dict[str, float]:
        total: dict[str, float] = {}
        for test in self.tests:
            if test.mark.hidden or not hidden_only:
                total[test.mark.check] = total.get(test.mark.check, 0.0) + test.mark.points
        return total

    @cached_property
    def _definitions(self) -> dict[str, list[ast.stmt]]:
        """Top-level statements by the names they define or change."""
        found: dict[str, list[ast.stmt]] = {}
        for node in self._tree.body:
            for name in _defined(node):
                found.setdefault(name, []).append(node)
        return found

    def _reached(self, names: set[str]) -> set[str]:
        """These names and all that their definitions use, at the top level of the rubric."""
        reached: set[str] = set()
        waiting = set(names)
        while waiting:
            name = waiting.pop()
            reached.add(name)
            used = {
                node.id
                for definition in self._definitions[name]
                for node in ast.walk(definition)
                if isinstance(node, ast.Name)
            }
            waiting |= (used & self._definitions.keys()) - reached
        return reached

    def _public(self) -> list[ast.stmt]:
        names = self._reached({test.name for test in self.tests if not test.mark.hidden})
        kept = {id(node) for name in names for node in self._definitions[name]}
        return [node for node in self._tree.body if id(node) in kept]

    def public_text(self) -> str:
        """checks.py for students: the public tests, with the helpers and imports they reach."""
        public = self._public()
        imports = [node for node in public if isinstance(node, ast.Import | ast.ImportFrom)]
        rest = [node for node in public if node not in imports]
        parts = [HEADER + "".join(self._segment(node) for node in imports)]
        parts += [self._segment(node) for node in rest]
        hidden = "\n".join(f"    {check!r}: {points:g}," for check, points in self.hidden_points().items())
        told = "# Points of the tests that run when you hand in."
        parts.append(f"{told}\nHIDDEN = {{\n{hidden}\n}}\n\ncheck = Checks(__name__, HIDDEN)")
        return "\n\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"

    def hidden_text(self) -> str:
        """What students must not see: the rubric without its public part, comments and all."""
        public = {number for node in self._public() for number in self._span(node)}
        return "".join(line for number, line in enumerate(self._lines) if number not in public)

    def _span(self, node: ast.stmt) -> range:
        """Its lines' numbers, from 0, decorators among them."""
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        return range(first - 1, node.end_lineno or first)

    def _segment(self, node: ast.stmt) -> str:
        return "".join(self._lines[number] for number in self._span(node))


def _defined(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    stored = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):  # VALUES.append(3)
        owner = node.value.func
        while isinstance(owner, ast.Attribute):
            owner = owner.value
        stored |= {owner.id} if isinstance(owner, ast.Name) else set()
    return stored


def _asked(node: ast.AST) -> Iterator[str]:
    """f of submission.f(...), and v of submission.value("v") and submission.model("v")."""
    for call in ast.walk(node):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            continue
        owner, name = call.func.value, call.func.attr
        if not (isinstance(owner, ast.Name) and owner.id == "submission") or name in ("rng", "variant"):
            continue
        if name not in ("value", "model"):
            yield name
        elif call.args and isinstance(call.args[0], ast.Constant):
            yield str(call.args[0].value)
