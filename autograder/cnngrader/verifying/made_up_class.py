"""A made-up class, with the score that each of its students must get."""

from collections.abc import Callable
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from cnngrader.assignment import Assignment
from cnngrader.authoring.build import build_notebook
from cnngrader.authoring.rubric import Rubric
from cnngrader.cells import OF_ANSWERS, id_of
from cnngrader.verifying.mutants import Mutant, load_mutants
from cnngrader.verifying.slicing import Slices

MUTANTS = 4

CRASH = "import os\nos._exit(1)"
ENDLESS = "while True:\n    pass"
HOARD = "hoard = []\nwhile True:\n    hoard.append(b'x' * 50_000_000)"
FORGERY = """
import sys, numpy.testing, cnnkit.check, cnnkit.check._expect

class Anything(float):
    __eq__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __le__ = __ge__ = __lt__ = __gt__ = __eq__
    __hash__ = float.__hash__
    __sub__ = __rsub__ = lambda self, other: 0.0

check = lambda name: print(f"{name}: all points")
sys.modules["checks"].check = check
for module in (numpy.testing, cnnkit.check, cnnkit.check._expect):
    for name in ("assert_allclose", "assert_array_equal", "expect", "same", "fail"):
        if hasattr(module, name):
            setattr(module, name, lambda *args, **kwargs: True)
"""


@dataclass(frozen=True)
class MadeUpStudent:
    """name: their id. story: what is in their file. data: the file. score, status: what is due."""

    name: str
    story: str
    data: bytes
    score: float
    status: str = "graded"


class MadeUpClass:
    """Students of an assignment: the solution, the stub, some mutants and every kind of trouble.

    All but one have not come to what needs training, so that grading them is quick.
    """

    def __init__(self, assignment: Assignment, release: dict[str, bytes]):
        self.rubric = Rubric(assignment.rubric)
        self.solution = build_notebook(assignment, self.rubric)
        self.slices = Slices(self.solution)
        self.mutants = load_mutants(assignment.mutants, self.rubric)
        self.stub = nbformat.reads(release[f"{assignment.id}.ipynb"].decode(), as_version=4)
        self.left_out = self._training_answers()

    def students(self) -> list[MadeUpStudent]:
        everything = sum(test.mark.points for test in self.rubric.tests)
        unfinished = self._points(self.left_out)
        answers = self._answers()
        first = next(place for place in answers if place not in self.left_out)
        students = [
            self._student("amara", "the solution", self.solution, everything),
            self._student("bilal", "nothing filled in", self.stub, 0.0),
        ]
        for name, mutant in zip(("chloé", "dmitri", "esra", "farid"), self._mutants(), strict=False):
            lost = sum(mutant.loses.values())
            students.append(self._student(name, mutant.name, self._unfinished(self._edit(mutant)), unfinished - lost))
        broken = self._points({*self.left_out, first})
        students += [
            self._student("grace", "ends the process", self._unfinished(_with_cell(CRASH, 1)), 0.0, "crashed"),
            self._student(
                "aaron", "an endless loop in a cell", self._unfinished(_with_cell(ENDLESS)), unfinished, "timeout"
            ),
            self._student("ivo", "forges checks and answers", self._forged(), 0.0),
            self._student("jun", "takes memory without end", self._unfinished(_with_cell(HOARD)), 0.0, "memory"),
            self._student("kofi", "a syntax error in an answer", self._unfinished(self._typo(first)), broken),
            self._student(
                "lena", "marks lost, a check deleted, an answer twice", self._unfinished(self._damage), unfinished
            ),
            MadeUpStudent("نور", "no notebook at all", b"%PDF-1.7 my_homework", 0.0, "invalid"),
        ]
        return students

    @staticmethod
    def _student(name: str, story: str, notebook: NotebookNode, score: float, status: str = "graded") -> MadeUpStudent:
        return MadeUpStudent(name, story, nbformat.writes(notebook).encode(), round(score, 6), status)

    def _answers(self) -> list[int]:
        return [i for i, cell in enumerate(self.solution.cells) if id_of(cell).startswith(OF_ANSWERS)]

    def _training_answers(self) -> set[int]:
        """Answers that only tests of a trained model need."""
        needed: dict[bool, set[int]] = {True: set(), False: set()}
        for test in self.rubric.tests:
            needed[test.mark.trains] |= self.slices.needed(test.asks)
        return (needed[True] - needed[False]) & set(self._answers())

    def _points(self, without: set[int]) -> float:
        """Points of the tests that none of these answers is needed for."""
        return sum(test.mark.points for test in self.rubric.tests if not without & self.slices.needed(test.asks))

    def _mutants(self) -> list[Mutant]:
        """A few that lose something in what the unfinished have done, each in another answer."""
        chosen: dict[str, Mutant] = {}
        for mutant in self.mutants:
            if not mutant.trains(self.rubric):
                chosen.setdefault(mutant.answer, mutant)
        return list(chosen.values())[:MUTANTS]

    def _unfinished(self, change: Callable[[NotebookNode], None]) -> NotebookNode:
        notebook = nbformat.from_dict(self.solution)
        empty = {cell.id: cell.source for cell in self.stub.cells}
        for place in self.left_out:
            notebook.cells[place].source = empty[notebook.cells[place].id]
        change(notebook)
        return notebook

    def _edit(self, mutant: Mutant) -> Callable[[NotebookNode], None]:
        def change(notebook: NotebookNode) -> None:
            for cell in notebook.cells:
                if cell.id == f"answer-{mutant.answer}":
                    for find, put in mutant.edits:
                        cell.source = cell.source.replace(find, put)

        return change

    @staticmethod
    def _typo(place: int) -> Callable[[NotebookNode], None]:
        def change(notebook: NotebookNode) -> None:
            notebook.cells[place].source += "\nreturn return"

        return change

    def _damage(self, notebook: NotebookNode) -> None:
        """As after a night in another editor."""
        for cell in notebook.cells:
            cell.metadata.pop("nbgrader", None)
        checks = [i for i, cell in enumerate(notebook.cells) if cell.source.startswith("check(")]
        answer = next(i for i in self._answers() if i not in self.left_out)
        notebook.cells.append(nbformat.v4.new_code_cell(notebook.cells[answer].source))
        del notebook.cells[checks[-1]], notebook.cells[checks[0]]

    def _forged(self) -> NotebookNode:
        notebook = nbformat.from_dict(self.solution)
        for place in self._answers():
            cell = notebook.cells[place]
            names = sorted(self.slices.defines[place])
            cell.source = FORGERY + "\n".join(f"{name} = lambda *args, **kwargs: Anything()" for name in names)
        return notebook


def _with_cell(source: str, place: int | None = None) -> Callable[[NotebookNode], None]:
    def change(notebook: NotebookNode) -> None:
        cells = notebook.cells
        cells.insert(len(cells) if place is None else place, nbformat.v4.new_code_cell(source))

    return change
