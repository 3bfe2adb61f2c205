"""Runs an assignment's solution in one process, and then, with each answer unwritten in turn, all cells that need it.

python solutions/run_without_one.py ID        prints {answer: what went wrong}, as JSON, in its last line

Trainings are left out: what was learned is not asked here. Checks are not run.
"""

import ast
import json
import os
import sys
import time
from pathlib import Path

import nbformat
from IPython import display
from IPython.core.interactiveshell import InteractiveShell

from cnngrader.authoring.build import build_notebook
from cnngrader.authoring.rubric import Rubric
from cnngrader.cells import id_of, is_answer
from cnngrader.course import Course
from cnnkit.check.waiting_cells import WaitingNote, let_cells_wait

ROOT = Path(__file__).resolve().parents[1]


class Untrained(dict):
    """The history of a training that was left out: every curve is flat."""

    def __init__(self, epochs):
        super().__init__()
        self._epochs = epochs

    def __missing__(self, curve):
        return [0.5] * self._epochs


def leave_out_trainings():
    import keras

    def fit(model, *data, epochs=1, **options):
        history = keras.callbacks.History()
        history.history, history.epoch = Untrained(epochs), list(range(epochs))
        return history

    keras.Model.fit = fit


class Cell:
    """names: all that it mentions. functions: those that it defines. made: variables and functions that it makes."""

    def __init__(self, cell, source):
        self.id, self.source = id_of(cell), source
        nodes = list(ast.walk(ast.parse(source)))
        defined = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        self.functions = {node.name for node in defined}
        self.names = {node.id for node in nodes if isinstance(node, ast.Name)} | self.functions
        self.made = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        self.made |= self.functions


class Notebook:
    def __init__(self, id):
        assignment = Course(ROOT, ROOT / "course").assignment(id)
        released = nbformat.read(ROOT / "assignments" / id / f"{id}.ipynb", as_version=4)
        given = {id_of(cell): cell for cell in released.cells if is_answer(cell) and cell.cell_type == "code"}
        solved = build_notebook(assignment, Rubric(assignment.rubric)).cells
        code = [cell for cell in solved if cell.cell_type == "code" and not cell.source.startswith("check")]
        self.cells = [Cell(cell, cell.source) for cell in code]
        self.stubs = {id: Cell(cell, cell.source) for id, cell in given.items()}
        self.notes = []
        self.shell = InteractiveShell.instance()
        display.display = lambda shown, **more: self.notes.append(shown) if isinstance(shown, WaitingNote) else None

    def run(self, cells):
        """What went wrong in each, in words."""
        for cell in cells:
            result = self.shell.run_cell(cell.source)
            if error := result.error_before_exec or result.error_in_exec:
                yield f"{type(error).__name__}: {error}, in the cell that begins {cell.source[:80]!r}"

    def run_without(self, answer):
        before, lacks = dict(self.shell.user_ns), set()
        for cell in self.cells:
            if cell.id != answer and not lacks & cell.names:
                continue
            waited = len(self.notes)
            yield from self.run([self.stubs[answer] if cell.id == answer else cell])
            waits = cell.id == answer or len(self.notes) > waited
            lacks |= cell.made if waits else cell.functions
        self.shell.user_ns.clear()
        self.shell.user_ns.update(before)
        let_cells_wait.cache_clear()
        let_cells_wait(self.shell)


def main(id):
    os.chdir(ROOT / "assignments" / id)
    sys.path.insert(0, "")
    notebook = Notebook(id)
    if any("import keras" in cell.source for cell in notebook.cells):
        leave_out_trainings()
    found = {"none": list(notebook.run(notebook.cells))}
    for answer in notebook.stubs:
        begun = time.monotonic()
        found[answer] = list(notebook.run_without(answer))
        print(f"{answer}: {time.monotonic() - begun:.1f} s {found[answer]}", file=sys.stderr)
    print(f"\n{json.dumps(found)}")


if __name__ == "__main__":
    main(sys.argv[1])
