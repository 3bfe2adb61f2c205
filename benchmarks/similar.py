"""Seconds that `cnnkit similar` takes for a class of 500, and whether copies are found in it.

The class is made up of the solution of `mnist_cnn` and its alternatives: of each answer a student has one of them, with
some lines of their own. That is harsh, since two honest students have more word for word in common than people do. Some
hand in another's work, with other names, other constants, comments and the functions in another order.

    python benchmarks/similar.py [--submissions 500] [--copies 10] [--assignment mnist_cnn]
"""

import argparse
import os
import platform
import random
import re
import resource
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from cnngrader.authoring.build import build_notebook
from cnngrader.authoring.rubric import Rubric
from cnngrader.cells import OF_ANSWERS, id_of, is_answer
from cnngrader.course import Course
from cnngrader.similar.compare import compare
from cnngrader.similar.pair import Likeness
from cnngrader.similar.read_works import Reader
from cnngrader.similar.similar_page import render
from cnngrader.similar.stream import given_in
from cnngrader.verifying.alternatives import load_alternatives

ROOT = Path(__file__).resolve().parents[1]
OWN_LINES = 0.12
CALLS = "sum mean reshape zeros ones abs exp log maximum pad asarray dot matmul transpose where stack".split()
OUTPUT = 20_000  # bytes of a picture that a cell shows


class MadeUpCopies:
    """A class, some of whom hand in what another has: "copy-003" has "student-003"'s."""

    def __init__(self, id: str, folder: Path):
        self.course = Course(ROOT, folder / "course")
        self.assignment = self.course.assignment(id)
        self.solution = build_notebook(self.assignment, Rubric(self.assignment.rubric))
        release = self.course.released(id) / f"{id}.ipynb"
        self.release = nbformat.read(release, as_version=4)
        self.versions = {id_of(cell): [cell.source] for cell in self.solution.cells if is_answer(cell)}
        for alternative in load_alternatives(self.assignment.alternatives):
            for answer, source in alternative.answers.items():
                self.versions[f"{OF_ANSWERS}{answer}"].append(source.strip("\n"))

    def hand_in(self, name: str, notebook: NotebookNode) -> None:
        path = self.course.submitted(self.assignment.id, name) / f"{self.assignment.id}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(nbformat.writes(notebook), encoding="utf-8")

    def student(self, chance: random.Random) -> NotebookNode:
        notebook = nbformat.from_dict(self.release)
        for cell in notebook.cells:
            if is_answer(cell):
                text = chance.choice(self.versions[id_of(cell)])
                own = _with_own_lines if cell.cell_type == "code" else _with_own_words
                cell.source = own(text, chance)
            if cell.cell_type == "code":
                cell.outputs = [nbformat.v4.new_output("display_data", {"image/png": "A" * OUTPUT})]
        return notebook

    def copy(self, notebook: NotebookNode, chance: random.Random) -> NotebookNode:
        copied = nbformat.from_dict(notebook)
        answers = [cell for cell in copied.cells if is_answer(cell) and cell.cell_type == "code"]
        for cell in answers:
            text = re.sub(r"\b(image|kernel|height|width|total|result|rows|columns|top|left)\b", r"my_\1", cell.source)
            text = re.sub(r"(?<=[ (])\d\b", lambda digit: str(int(digit[0]) + 1), text)
            cell.source = "\n".join(f"{line}  # mine" if chance.random() < 0.3 else line for line in text.split("\n"))
        places = [copied.cells.index(cell) for cell in answers]
        chance.shuffle(answers)
        for place, cell in zip(places, answers, strict=True):
            copied.cells[place] = cell
        return copied


def _with_own_lines(text: str, chance: random.Random) -> str:
    lines = []
    for line in text.split("\n"):
        lines.append(line)
        if line.strip() and not line.rstrip().endswith((":", ",", "(", "[", "\\")) and chance.random() < OWN_LINES:
            lines.append(f"{line[: len(line) - len(line.lstrip())]}v = {_expression(chance)}")
    return "\n".join(lines)


def _expression(chance: random.Random, depth: int = 0) -> str:
    if depth > 2 or (kind := chance.random()) < 0.3:
        return chance.choice(["x", "2", "x[0]", "len(x)", "x.shape"])
    if kind < 0.6:
        return f"np.{chance.choice(CALLS)}({_expression(chance, depth + 1)})"
    return f"{_expression(chance, depth + 1)} {chance.choice('+-*/')} {_expression(chance, depth + 1)}"


def _with_own_words(text: str, chance: random.Random) -> str:
    words = text.split(" ")
    for place in range(5, len(words), 12):
        words[place] = chance.choice("rather quite mostly often likewise thus hence indeed perhaps also".split())
    return " ".join(words)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--submissions", type=int, default=500)
    parser.add_argument("--copies", type=int, default=10, help="how many of these are copies (default: 10)")
    parser.add_argument("--assignment", default="mnist_cnn")
    parser.add_argument("--folder", type=Path, help="an empty folder in which the class and the page are left")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        made = MadeUpCopies(options.assignment, options.folder or Path(scratch))
        for number in range(options.submissions - options.copies):
            notebook = made.student(random.Random(number))
            made.hand_in(f"student-{number:03}", notebook)
            if number < options.copies:
                made.hand_in(f"copy-{number:03}", made.copy(notebook, random.Random(number)))
        id, course = options.assignment, made.course
        folders = {student: course.submitted(id, student) for student in course.students(id)}
        begun, used = time.perf_counter(), time.process_time()
        reader = Reader()
        given = given_in(reader.read_given(course.released(id)))
        compared = compare(reader.read_class(folders), given)
        matched = time.perf_counter() - begun
        pairs = [compared.pair(overlap) for overlap in compared.telling[:30]]
        page = render(made.assignment.title, compared, pairs, given, reader.unread, None)
        everything, processor = time.perf_counter() - begun, time.process_time() - used
        if options.folder:
            (options.folder / "similar.html").write_text(page, encoding="utf-8")
    copied = [i for i, pair in enumerate(pairs) if {owner[-3:] for owner in pair.owners} == {pair.owners[0][-3:]}]
    honest = sum(pair.likeness != Likeness.IN_PART for i, pair in enumerate(pairs) if i not in copied)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    print(f"{len(folders)} submissions of {id}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
          f"Python {platform.python_version()}, numpy {version('numpy')}, scipy {version('scipy')}\n")  # fmt: skip
    print(f"Read and compared in {matched:.1f} s; with a page of {len(pairs)} pairs ({len(page) / 1e6:.1f} MB) "
          f"{everything:.1f} s, of which {processor:.1f} s of a core; at most {memory:.0f} MiB.")  # fmt: skip
    print(f"Of {options.copies} copies {len(copied)} are listed, at places {[place + 1 for place in copied]} of "
          f"{len(compared.telling)}; {honest} others are called nearly identical.")  # fmt: skip


if __name__ == "__main__":
    main()
