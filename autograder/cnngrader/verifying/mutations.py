"""Small changes of a solution, one at a time: what a student may well have written in its place."""

import ast
import warnings
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from textwrap import dedent
from typing import Any, TypeAlias

from cnngrader.authoring.release_digest import BEGIN, END

Change: TypeAlias = tuple[ast.AST, ast.AST, str]
"""From the beginning of one node to the end of another, and what comes there."""

_OPERATORS: dict[type, tuple[str, tuple[str, ...]]] = {
    ast.Add: ("+", ("-",)),
    ast.Sub: ("-", ("+",)),
    ast.Mult: ("*", ("/",)),
    ast.Div: ("/", ("*", "//")),
    ast.FloorDiv: ("//", ("/",)),
    ast.Mod: ("%", ("//",)),
    ast.Pow: ("**", ("*",)),
    ast.MatMult: ("@", ("*",)),
    ast.BitAnd: ("&", ("|",)),
    ast.BitOr: ("|", ("&",)),
    ast.Lt: ("<", ("<=", ">=")),
    ast.LtE: ("<=", ("<", ">")),
    ast.Gt: (">", (">=", "<=")),
    ast.GtE: (">=", (">", "<")),
    ast.Eq: ("==", ("!=",)),
    ast.NotEq: ("!=", ("==",)),
    ast.And: ("and", ("or",)),
    ast.Or: ("or", ("and",)),
    ast.In: ("in", ("not in",)),
    ast.Is: ("is", ("is not",)),
}
_PAIRS = "max min, argmax argmin, maximum minimum, any all, sum mean, floor ceil, zeros ones, zeros_like ones_like"
_TWINS = dict(pair for two in _PAIRS.split(", ") for pair in (two.split(), two.split()[::-1]))
_SYMMETRIC = {"max", "min", "maximum", "minimum", "add", "multiply", "logical_and", "logical_or"}
_KEEPING = {"array", "asarray", "bool", "dict", "enumerate", "float", "len", "list", "range", "str", "tuple", "zip"}
"""Functions that give what they were given, or something that nothing else can stand for."""
_ATOMS = ast.Name | ast.Constant | ast.Call | ast.Attribute | ast.Subscript | ast.Tuple | ast.List


@dataclass(frozen=True)
class Mutation:
    """`put` in place of what stands from start to end, in bytes, of a cell."""

    cell: str
    start: int
    end: int
    put: str

    @property
    def source(self) -> str:
        """The cell, changed."""
        data = self.cell.encode()
        return (data[: self.start] + self.put.encode() + data[self.end :]).decode()

    @property
    def before(self) -> str:
        """The lines that are changed."""
        return self._lines(self.cell)

    @property
    def after(self) -> str:
        """What these lines have become."""
        return self._lines(self.source)

    def _lines(self, source: str) -> str:
        data = self.cell.encode()
        above, below = data[: self.start].count(b"\n"), data[self.end :].count(b"\n")
        lines = source.split("\n")
        return dedent("\n".join(lines[above : len(lines) - below])).strip()


def mutations(cell: str, modules: Collection[str] = ()) -> Iterator[Mutation]:
    """Of what stands between BEGIN and END SOLUTION in a cell; none where it is not Python. Each can be compiled, is
    another program than the cell, and is there once.

    modules: names in the notebook that are none of its values.
    """
    try:
        tree = ast.parse(cell)
    except (SyntaxError, ValueError):
        return
    spans = _Spans(cell)
    known = {ast.dump(tree)}
    for first, last, put in _Changes(spans, tree, modules).of(tree):
        start, end = spans.start(first), spans.end(last)
        if not spans.in_solution(start, end):
            continue
        mutation = Mutation(cell, start, end, put)
        if (program := _program(mutation.source)) and program not in known:
            known.add(program)
            yield mutation


def _program(source: str) -> str:
    """What it says, without its layout; "" where it cannot be run."""
    with warnings.catch_warnings(action="error"):  # of what can only fail
        try:
            tree = ast.parse(source)
            compile(tree, "cell", "exec")
        except (SyntaxError, ValueError):
            return ""
    return ast.dump(tree)


class _Spans:
    """Where nodes stand in a cell, in bytes, as Python counts columns."""

    def __init__(self, cell: str):
        self._data = cell.encode()
        self._lines: list[int] = [0]
        self._regions: list[tuple[int, int]] = []
        for line in self._data.split(b"\n"):
            begin, end = self._lines[-1], self._lines[-1] + len(line) + 1
            self._lines.append(end)
            if BEGIN.encode() in line:
                self._regions.append((end, len(self._data)))
            elif END.encode() in line and self._regions:
                self._regions[-1] = (self._regions[-1][0], begin)

    def start(self, node: Any) -> int:
        line, column = int(node.lineno), int(node.col_offset)
        return self._lines[line - 1] + column

    def end(self, node: Any) -> int:
        line, column = int(node.end_lineno), int(node.end_col_offset)
        return self._lines[line - 1] + column

    def text(self, node: ast.AST) -> str:
        return self._data[self.start(node) : self.end(node)].decode()

    def between(self, left: ast.AST, right: ast.AST) -> str:
        return self._data[self.end(left) : self.start(right)].decode()

    def in_solution(self, start: int, end: int) -> bool:
        return any(begin <= start and end <= close for begin, close in self._regions)


class _Changes:
    def __init__(self, spans: _Spans, tree: ast.AST, modules: Collection[str]):
        self._spans = spans
        self._modules = modules
        stored = (n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
        given = (n.arg for n in ast.walk(tree) if isinstance(n, ast.arg))
        self._bound = Counter([*stored, *given])
        self._indifferent = {id(part) for node in ast.walk(tree) for part in _indifferent(node)}

    def of(self, node: ast.AST) -> Iterator[Change]:
        """Of a node, and of all in it that is computed: no texts, annotations, errors, prints and strict zips."""
        if isinstance(node, ast.JoinedStr | ast.Raise | ast.Assert) or _prints(node) or _is_strict(node):
            return
        if id(node) not in self._indifferent:
            yield from self._changes(node)
        for name, value in ast.iter_fields(node):
            if name not in ("annotation", "returns", "decorator_list"):
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST):
                        yield from self.of(child)

    def _changes(self, node: ast.AST) -> Iterator[Change]:
        match node:
            case ast.BinOp():
                yield from self._operator(node.op, node.left, node.right)
                yield from ((node, node, self._operand(kept)) for kept in (node.left, node.right))
            case ast.BoolOp():
                for left, right in pairwise(node.values):
                    yield from self._operator(node.op, left, right)
                    yield left, right, self._operand(left)
                    yield left, right, self._operand(right)
            case ast.Compare():
                for op, left, right in zip(node.ops, [node.left, *node.comparators], node.comparators, strict=False):
                    yield from self._operator(op, left, right)
            case ast.UnaryOp():
                yield node, node, self._operand(node.operand)
            case ast.Constant():
                yield from ((node, node, other) for other in _other_constants(node.value))
            case ast.Attribute() if node.attr in _TWINS:
                yield node, node, self._spans.text(node).removesuffix(node.attr) + _TWINS[node.attr]
            case ast.Tuple() | ast.List():
                yield from self._swapped(node.elts)
            case ast.Call():
                yield from self._call(node)
            case ast.Slice():
                yield from self._slice(node)
            case ast.If() | ast.While() | ast.IfExp():
                yield node.test, node.test, f"not ({self._spans.text(node.test)})"
            case ast.comprehension():
                yield from ((test, test, f"not ({self._spans.text(test)})") for test in node.ifs)
            case ast.AugAssign():
                target, value = (self._spans.text(part) for part in (node.target, node.value))
                for other in (*_OPERATORS.get(type(node.op), ("", ()))[1], ""):
                    yield node, node, f"{target} {other}= {value}"
        if isinstance(node, ast.stmt) and self._can_go(node):
            yield node, node, "pass"

    def _operator(self, op: ast.AST, left: ast.AST, right: ast.AST) -> Iterator[Change]:
        old, others = _OPERATORS.get(type(op), ("", ()))
        between = self._spans.between(left, right)
        if old and between.count(old) == 1:  # else a comment stands between them
            for other in others:
                yield left, right, self._spans.text(left) + between.replace(old, other) + self._spans.text(right)

    def _swapped(self, nodes: list[Any]) -> Iterator[Change]:
        for left, right in pairwise(nodes):
            if not isinstance(left, ast.Starred) and not isinstance(right, ast.Starred):
                texts = self._spans.text(right), self._spans.between(left, right), self._spans.text(left)
                yield left, right, "".join(texts)

    def _call(self, node: ast.Call) -> Iterator[Change]:
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if isinstance(node.func, ast.Name) and name in _TWINS:
            yield node.func, node.func, _TWINS[name]
        if name not in _SYMMETRIC:
            yield from self._swapped(node.args)
        if name not in _KEEPING:
            if isinstance(node.func, ast.Attribute) and not self._in_module(node.func.value):
                yield node, node, self._operand(node.func.value)
            elif node.args and not isinstance(node.args[0], ast.Starred):
                yield node, node, self._operand(node.args[0])
        if name == "range":
            yield from self._beside(node.args)
        given = [*node.args, *(keyword for keyword in node.keywords if keyword.arg)]
        given.sort(key=self._spans.start)
        for left, right in pairwise(given):
            if isinstance(right, ast.keyword) and not _is_strict(right):
                yield left, right, self._spans.text(left)

    def _slice(self, node: ast.Slice) -> Iterator[Change]:
        bounds = [bound for bound in (node.lower, node.upper) if bound]
        yield from self._beside(bounds)
        yield from ((bound, bound, "") for bound in (*bounds, node.step) if bound)

    def _beside(self, nodes: list[ast.expr]) -> Iterator[Change]:
        """One more, and one less; of a constant, that is a change of its own."""
        for node in nodes:
            if not isinstance(node, ast.Constant):
                yield from ((node, node, f"{self._operand(node)} {by}") for by in ("+ 1", "- 1"))

    def _can_go(self, node: ast.stmt) -> bool:
        """Whether a program goes on without this statement. One that alone binds a name is never forgotten."""
        match node:
            case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
                return not isinstance(target, ast.Name | ast.Tuple) or self._bound[getattr(target, "id", "")] > 1
            case ast.Expr():
                return not isinstance(node.value, ast.Constant) and not _prints(node.value)
            case ast.AugAssign() | ast.For() | ast.While() | ast.If() | ast.Break() | ast.Continue():
                return True
        return False

    def _in_module(self, node: ast.AST) -> bool:
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self._modules

    def _operand(self, node: ast.AST) -> str:
        text = self._spans.text(node)
        return text if isinstance(node, _ATOMS) else f"({text})"


def _other_constants(value: Any) -> Iterator[str]:
    if isinstance(value, bool):
        yield repr(not value)
    elif isinstance(value, int | float) and value == int(value) and value < 100:
        yield from (repr(value + by) for by in (1, -1))
    elif isinstance(value, int | float):
        yield repr(2 * value)


def _indifferent(node: ast.AST) -> Iterator[ast.AST]:
    """What gives the same when it is another: the order of axes, and which number below zero a shape has."""
    if isinstance(node, ast.keyword) and node.arg == "axis" and isinstance(node.value, ast.Tuple):
        yield node.value
    elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "reshape":
        yield from (part.operand for part in node.args if isinstance(part, ast.UnaryOp))


def _is_strict(node: ast.AST) -> bool:
    return isinstance(node, ast.keyword) and node.arg == "strict"


def _prints(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
