"""A rubric: its tests as pytest has them, what they ask of a notebook, and the part students may see."""

import ast
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from cnngrader.authoring.collected import collected
from cnngrader.authoring.pytest_item import PytestItem
from cnngrader.errors import AuthorError
from cnngrader.submission.imports import modules_of
from cnnkit.check._graded import GradedTest

HEADER = '''"""Checks of this assignment that run in your notebook: check("name") runs one of them."""

from cnnkit.check import Checks
'''


_DUE = re.compile(rb"(\ncheck = Checks\([^\n]*?), due='[^\n]*\)\n\Z")

STAFFS = {"pytest", "cnngrader"}
"""Modules that students do not have."""


@dataclass(frozen=True)
class RubricTest:
    """A `graded` function. asks: names of the notebook that it uses. fixtures: of the functions that pytest
    calls for it."""

    name: str
    title: str
    mark: GradedTest
    asks: frozenset[str]
    fixtures: tuple[str, ...]


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
        imports = tuple(modules_of(self._tree.body))
        self.tests = [self._test(test) for test in collected(path, self.text, imports)]
        if not self.tests:
            raise AuthorError(f"{path}: no function is marked with @graded(...), so nothing earns points")
        self._keep_variants_hidden()
        self._keep_public_tests_simple()

    def _test(self, test: PytestItem) -> RubricTest:
        where = f"{self.path}:{test.line}: {test.name}"
        if test.line not in {_first_line(node) for node in self._functions(test.name)}:
            raise AuthorError(f"{where} is no function of the file under this name. Write it out, at the top level")
        if not test.mark.hidden and test.arguments != ("submission",):
            raise AuthorError(
                f"{where} takes ({', '.join(test.arguments)}), and a public test takes (submission) alone: a notebook "
                "calls it so"
            )
        if not test.mark.hidden and test.fixtures:
            raise AuthorError(
                f"{where} is public, and pytest calls {test.fixtures[0]} for it, which no notebook does. Call it in "
                "the test, or mark the test hidden=True"
            )
        reached = [node for name in self._reached({test.name, *test.fixtures}) for node in self._definitions[name]]
        asks = frozenset(name for definition in reached for name in _asked(definition))
        return RubricTest(test.name, test.title, test.mark, asks, test.fixtures)

    def _functions(self, name: str) -> Iterator[ast.FunctionDef]:
        return (node for node in self._tree.body if isinstance(node, ast.FunctionDef) and node.name == name)

    def _keep_public_tests_simple(self) -> None:
        for node in self._public():
            for module in modules_of([node]):
                if module.split(".")[0] in STAFFS:
                    raise AuthorError(
                        f"{self.path}:{node.lineno}: a public test uses {module}, which students do not have. Mark the "
                        "test hidden=True"
                    )

    def _keep_variants_hidden(self) -> None:
        for node in self._public():
            for part in ast.walk(node):
                if isinstance(part, ast.Attribute) and ast.unparse(part) == "submission.variant":
                    raise AuthorError(
                        f"{self.path}:{part.lineno}: a public test uses submission.variant, which a student's notebook "
                        "does not have. Mark the test hidden=True."
                    )

    def ungraded(self) -> list[tuple[str, int]]:
        """(name, line) of functions that are called as tests are, and are none."""
        graded = {test.name for test in self.tests}
        functions = (node for node in self._tree.body if isinstance(node, ast.FunctionDef))
        return [
            (node.name, node.lineno) for node in functions if node.name.startswith("test_") and node.name not in graded
        ]

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
        waiting = names & self._definitions.keys()
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

    @property
    def assignment(self) -> str:
        """The id of the assignment that it is of."""
        return self.path.stem.removeprefix("test_")

    def public_text(
        self, release: str = "", due: datetime | None = None, late: str = "", about: Mapping[str, Any] | None = None
    ) -> str:
        """checks.py for students: the public tests, with the helpers and imports they reach. Its last call tells of the
        assignment, which release of it this is and when it is due."""
        call = f'__name__, HIDDEN, "{self.assignment}", "{release}"{", HINTS" if self._hints_of_hidden() else ""}'
        told: dict[str, Any] = {"about": dict(about or {})}
        told |= {"due": due.isoformat(), "late": late} if due else {}
        extra = "".join(f", {name}={value!r}" for name, value in told.items() if value)
        return f"{self._public_text}\n\ncheck = Checks({call}{extra})\n"

    @cached_property
    def _public_text(self) -> str:
        """All but the last call."""
        public = self._public()
        imports = [node for node in public if isinstance(node, ast.Import | ast.ImportFrom)]
        rest = [node for node in public if node not in imports]
        parts = [HEADER + "".join(self._segment(node) for node in imports)]
        parts += [self._segment(node) for node in rest]
        hidden = "\n".join(f"    {check!r}: {points:g}," for check, points in self.hidden_points().items())
        told = "# Points of the tests that run when you hand in."
        parts.append(f"{told}\nHIDDEN = {{\n{hidden}\n}}\n\n")
        if hints := self._hints_of_hidden():
            lines = "\n".join(f"    {check!r}: {list(texts)!r}," for check, texts in hints.items())
            parts.append(f'# The other hints: check("name", hint=1) shows one.\nHINTS = {{\n{lines}\n}}\n\n')
        return "\n\n\n".join(part.strip("\n") for part in parts if part.strip())

    def hints(self) -> dict[str, list[str]]:
        """{check id: its hints}, in order."""
        found: dict[str, list[str]] = {test.mark.check: [] for test in self.tests}
        for test in self.tests:
            found[test.mark.check] += test.mark.hints
        return found

    def _hints_of_hidden(self) -> dict[str, tuple[str, ...]]:
        return {test.mark.check: test.mark.hints for test in self.tests if test.mark.hidden and test.mark.hints}

    def hidden_text(self) -> str:
        """What students must not see: the rubric without its public part, comments and all."""
        public = {number for node in self._public() for number in self._span(node)}
        return "".join(line for number, line in enumerate(self._lines) if number not in public)

    def _span(self, node: ast.stmt) -> range:
        """Its lines' numbers, from 0, decorators among them."""
        first = _first_line(node)
        return range(first - 1, node.end_lineno or first)

    def _segment(self, node: ast.stmt) -> str:
        return "".join(self._lines[number] for number in self._span(node))


def without_due(checks: bytes) -> bytes:
    """A checks.py that does not tell when it is due: no verdict depends on that, and a date that moves regrades nobody.

    >>> without_due(b"\\ncheck = Checks(__name__, {}, due='2026-03-08T23:59:00+01:00', late='No.')\\n")
    b'\\ncheck = Checks(__name__, {})\\n'
    """
    return _DUE.sub(rb"\1)\n", checks)


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


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
