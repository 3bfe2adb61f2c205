"""Cells that need an answer which is not written yet: a note in place of a traceback, and the notebook goes on."""

import ast
import symtable
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any

from cnnkit.check.check_result import with_code
from cnnkit.check.namespace import unwritten

NAMELESS = "<"  # what the name of a cell's own code begins with, as "<module>" does


@dataclass(frozen=True)
class WaitingNote:
    """What a cell that waits shows."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f'<p class="cnnkit-waiting"><em>{with_code(self.text)}</em></p>'


class WaitingCells:
    """The cells of a running notebook that wait for an answer.

    A cell waits where it, or a function of the notebook, still raises NotImplementedError, and where it lacks a
    variable that a waiting cell would have made. A former value of such a variable is taken away until the cell is run
    again: cells below would go on with it, and show what is not so. All other errors are shown as ever.
    """

    def __init__(self, variables: dict[str, Any]) -> None:
        self._variables = variables
        self._answers: dict[str, str] = {}  # {variable that is not made: what the cell that makes it waits for}
        self._former: dict[str, Any] = {}  # {variable that is not made: what was taken away}
        self._now: tuple[str, str, int] | None = None  # (answer, variable, line) of the wait of what has just run

    def begin(self, info: Any) -> None:
        """What IPython calls before each cell: one that makes a variable may begin with what it was."""
        for name in _made(_source(info)) & self._former.keys():
            self._variables.setdefault(name, self._former.pop(name))

    def handle(
        self,
        shell: Any,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
        tb_offset: int | None = None,
    ) -> None:
        """What IPython calls for these errors (its `set_custom_exc`)."""
        lacks = error.name if isinstance(error, NameError) and error.name in self._answers else ""
        answer = self._answers[lacks] if lacks else unwritten(error)
        if not answer:
            shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
            return
        self._now = answer, lacks, _line_in_cell(trace)
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            pyplot.close("all")  # what is half drawn would be shown

    def go_on(self, result: Any) -> None:
        """What IPython calls after each cell: one that waits is no error, so those below it are run."""
        source = _source(result.info)
        now, self._now = self._now, None
        if now is None:
            if result.success:
                for name in _made(source):
                    self._answers.pop(name, None)
            return
        from IPython.display import display

        answer, lacks, line = now
        self._answers |= dict.fromkeys(_made(source), answer)
        for name in _unmade(source, line) & self._variables.keys():
            self._former[name] = self._variables.pop(name)
        result.error_in_exec = None
        display(WaitingNote(_words(answer, lacks, source)))


@cache
def let_cells_wait(shell: Any) -> WaitingCells:
    """From now on the cells of this IPython shell wait for what is not written. A second call changes nothing."""
    cells = WaitingCells(shell.user_ns)
    shell.set_custom_exc((NotImplementedError, NameError), cells.handle)
    shell.events.register("pre_run_cell", cells.begin)
    shell.events.register("post_run_cell", cells.go_on)
    return cells


def _words(answer: str, lacks: str, source: str) -> str:
    if answer.startswith(NAMELESS):
        if not lacks:
            return "Your answer is still to be written here."
        works = f"your answer above has made `{lacks}`"
    elif lacks:
        works = f"`{answer}` works and the cell that makes `{lacks}` has run"
    else:
        works = f"`{answer}` works"
    return f"After {works}, {_shows(source)}"


def _shows(source: str) -> str:
    """What a cell will show, as far as its text tells."""
    calls = [node for node in ast.walk(_parsed(source)) if isinstance(node, ast.Call)]
    called = [getattr(call.func, "attr", getattr(call.func, "id", "")) for call in calls]
    for name, call in zip(called, calls, strict=True):
        match name, call.args:
            case "picture", [_, ast.Constant(value=str(text))]:
                return f"you see here: {text}"
    if {"picture", "show"} & set(called):
        return "you see a picture here."
    return "you see here what this cell prints." if "print" in called else "this cell does its work."


def _source(info: Any) -> str:
    """Of a cell, as Python."""
    return getattr(info, "transformed_cell", None) or info.raw_cell or ""


def _line_in_cell(trace: TracebackType | None) -> int:
    """At which the cell itself was, whatever it called."""
    while trace and not trace.tb_frame.f_code.co_name.startswith(NAMELESS):
        trace = trace.tb_next
    return trace.tb_lineno if trace else 0


def _unmade(source: str, line: int) -> set[str]:
    """Variables that a cell which ended at this line has not made, or not as it should: those that the statement at the
    line and the ones below it assign or change, and those that are declared alone. Imports and functions apart."""
    statements = _parsed(source).body
    left = [each for each in statements if (each.end_lineno or 0) >= line]
    left += [each for each in statements if isinstance(each, ast.AnnAssign) and each.value is None]
    nodes = [node for each in left for node in _outside_functions(each)]
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)} | _changed(
        nodes
    )


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
        for child in ast.iter_child_nodes(node):
            yield from _outside_functions(child)


def _changed(nodes: Iterable[ast.AST]) -> set[str]:
    """Of what an item is put, `rates[0] = 1`, or added."""
    changed = set()
    for node in nodes:
        match node:
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()):
                changed.add(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append" | "extend" | "update" | "add")):
                changed.add(name)
    return changed


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module([], [])


def _made(source: str) -> set[str]:
    """The notebook's variables that a cell makes, changes, or declares."""
    try:
        symbols = symtable.symtable(source, "cell", "exec").get_symbols()
    except SyntaxError:
        return set()
    made = {each.get_name() for each in symbols if each.is_assigned() or each.is_imported() or each.is_annotated()}
    return made | _changed(_outside_functions(_parsed(source)))
