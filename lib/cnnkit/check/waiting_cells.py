"""Cells that need an answer which is not written yet: a note in place of a traceback, and the notebook goes on."""

import ast
import symtable
import sys
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
    variable that a waiting cell would have made. All other errors are shown as ever.
    """

    def __init__(self) -> None:
        self._answers: dict[str, str] = {}  # {variable that is not made: what the cell that makes it waits for}
        self._now: tuple[str, str] | None = None  # (answer, variable) that the cell which has just run waits for

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
        self._now = answer, lacks
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            pyplot.close("all")  # what is half drawn would be shown

    def go_on(self, result: Any) -> None:
        """What IPython calls after each cell: one that waits is no error, so those below it are run."""
        source = getattr(result.info, "transformed_cell", None) or result.info.raw_cell or ""
        now, self._now = self._now, None
        if now is None:
            if result.success:
                for name in _variables(source):
                    self._answers.pop(name, None)
            return
        from IPython.display import display

        answer, lacks = now
        self._answers |= dict.fromkeys(_variables(source), answer)
        result.error_in_exec = None
        display(WaitingNote(_words(answer, lacks, source)))


@cache
def let_cells_wait(shell: Any) -> WaitingCells:
    """From now on the cells of this IPython shell wait for what is not written. A second call changes nothing."""
    cells = WaitingCells()
    shell.set_custom_exc((NotImplementedError, NameError), cells.handle)
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


def _parsed(source: str) -> ast.AST:
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module([], [])


def _variables(source: str) -> set[str]:
    """The notebook's variables that a cell makes, or declares."""
    try:
        symbols = symtable.symtable(source, "cell", "exec").get_symbols()
    except SyntaxError:
        return set()
    return {each.get_name() for each in symbols if each.is_assigned() or each.is_imported() or each.is_annotated()}
