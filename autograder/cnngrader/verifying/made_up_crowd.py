"""A large made-up class, of an assignment's mutants and alternatives, with verdicts that are made up as well: nothing
is run. It is for what comes after grading: reports, exports, pages, and how long they take."""

import csv
import io
import random
import zipfile
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from cnngrader.assignment import Assignment
from cnngrader.authoring.build import build_notebook
from cnngrader.authoring.rubric import Rubric
from cnngrader.cells import OF_ANSWERS, id_of, mark_of
from cnngrader.submission.check_outputs import show_verdicts
from cnngrader.submission.job import Job
from cnngrader.submission.status import Status
from cnngrader.submission.verdict import TestVerdict, Verdict
from cnngrader.verifying.alternatives import load_alternatives
from cnngrader.verifying.mutants import Mutant, load_mutants

FIRST = "Ada Bao Chidi Dalia Émile Farah Goran Hana Ines Jun Kofi Lena Mateo Nour Olga Pavel Quinn Rosa Søren".split()
LAST = (
    "Adeyemi Berg Castro Dubois Eriksen Fischer García Hoang Ivanova Jansen Kaya Lindqvist Müller Nowak Okafor".split()
)
TROUBLE = {Status.TIMEOUT: 0.02, Status.CRASHED: 0.02, Status.MEMORY: 0.01, Status.INVALID: 0.02}
ABSENT, UNTOUCHED, LATE, ALTERNATIVE = 0.05, 0.03, 0.08, 0.3
UNWRITTEN = "is not written yet: it still raises NotImplementedError."
FIRST_NUMBER = 4000


@dataclass(frozen=True)
class MadeUpMember:
    """name: as Canvas's gradebook has it, and number. data: what they handed in; b"" of who did not. lost: {check:
    (points, what the student is told)}."""

    name: str
    number: int
    data: bytes
    lost: Mapping[str, tuple[float, str]]
    status: Status = Status.GRADED
    late: bool = False

    @property
    def letters(self) -> str:
        return "".join(letter for letter in self.name.lower() if letter.isalnum())

    @property
    def student(self) -> str:
        """Their id, where they are collected from Canvas's zip."""
        return f"{self.letters}_{self.number}"


class MadeUpCrowd:
    """The same class each time that it has this many. Also the workers that grade it: `submit` gives the verdict that
    is due, at once."""

    slots = 64
    dashboard = ""

    def __init__(self, assignment: Assignment, release: Mapping[str, bytes], count: int):
        self.assignment = assignment
        self.rubric = Rubric(assignment.rubric)
        self.solution = build_notebook(assignment, self.rubric)
        self.stub = release[f"{assignment.id}.ipynb"]
        self._mutants: dict[str, list[Mutant]] = {}
        for mutant in load_mutants(assignment.mutants, self.rubric):
            self._mutants.setdefault(mutant.answer, []).append(mutant)
        self._alternatives = load_alternatives(assignment.alternatives)
        self._rng = random.Random(count)
        self.members = [self._member(number) for number in range(count)]
        self._by_student = {member.student: member for member in self.members}

    def due(self, member: MadeUpMember) -> float:
        """The points that their tests give."""
        return round(sum(test.earned for test in self._tests(member)), 6)

    # What Canvas has of them

    def zip(self) -> bytes:
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
            for member in self.members:
                if member.data:
                    late = "LATE_" if member.late else ""
                    name = f"{member.letters}_{late}{member.number}_{90_000 + member.number}_{self.assignment.id}.ipynb"
                    archive.writestr(name, member.data)
        return sink.getvalue()

    def gradebook(self) -> str:
        sheet = io.StringIO()
        writer = csv.writer(sheet, lineterminator="\n")
        writer.writerow(["Student", "ID", "SIS Login ID", "Section", f"{self.assignment.title} (77)"])
        points = sum(mark_of(cell).get("points", 0) for cell in self.solution.cells)
        writer.writerow(["    Points Possible", "", "", "", f"{points:.2f}"])
        writer.writerows([m.name, m.number, f"u{m.number}@example.org", "1", ""] for m in self.members)
        return sheet.getvalue()

    # As workers

    def running(self) -> dict[str, float]:
        return {}

    def submit(self, job: Job) -> Future[Verdict]:
        done: Future[Verdict] = Future()
        done.set_result(self._verdict(job))
        return done

    def _verdict(self, job: Job) -> Verdict:
        member = self._by_student[job.student]
        tests = self._tests(member)
        ran = job.notebook if member.status is not Status.INVALID else job.template
        shown = show_verdicts(ran.decode(), tests)
        detail = "" if member.status is Status.GRADED else "made up"
        seconds = round(2 + member.number % 37 / 3, 1)
        return Verdict(job.student, job.assignment, member.status, detail, seconds, tests, [], [], [], shown)

    def _tests(self, member: MadeUpMember) -> list[TestVerdict]:
        """What a check loses is lost by its last tests."""
        left = {check: points for check, (points, _) in member.lost.items()}
        tests = []
        for test in reversed(self.rubric.tests):
            mark = test.mark
            lost = min(left.get(mark.check, 0.0), mark.points)
            left[mark.check] = left.get(mark.check, 0.0) - lost
            told = member.lost[mark.check][1] if lost else ""
            earned = round(mark.points - lost, 6)
            tests.append(TestVerdict(test.name, mark.check, test.title, mark.points, earned, told, hidden=mark.hidden))
        return tests[::-1]

    def _member(self, number: int) -> MadeUpMember:
        name = f"{LAST[number % len(LAST)]}, {FIRST[number // len(LAST) % len(FIRST)]}"
        number += FIRST_NUMBER
        if self._rng.random() < ABSENT:
            return MadeUpMember(name, number, b"", {})
        late = self._rng.random() < LATE
        if self._rng.random() < UNTOUCHED:
            return MadeUpMember(name, number, self.stub, self._all(UNWRITTEN), late=late)
        for status, share in TROUBLE.items():
            if self._rng.random() < share:
                invalid = status is Status.INVALID
                data = b"%PDF-1.7 homework" if invalid else nbformat.writes(self.solution).encode()
                return MadeUpMember(name, number, data, self._all("could not be asked: made up."), status, late)
        notebook, lost = self._answered(self._rng.random() ** 0.5)
        return MadeUpMember(name, number, nbformat.writes(notebook).encode(), lost, late=late)

    def _all(self, told: str) -> dict[str, tuple[float, str]]:
        return {check: (points, told) for check, points in self.rubric.points().items()}

    def _answered(self, skill: float) -> tuple[NotebookNode, dict[str, tuple[float, str]]]:
        """The solution, as somebody with this skill, from 0 to 1, would have written it."""
        notebook = nbformat.from_dict(self.solution)
        lost: dict[str, tuple[float, str]] = {}
        alternative = self._rng.choice(self._alternatives) if self._alternatives else None
        for cell in notebook.cells:
            answer = id_of(cell).removeprefix(OF_ANSWERS) if id_of(cell).startswith(OF_ANSWERS) else ""
            mutants = self._mutants.get(answer, [])
            if mutants and self._rng.random() > skill:
                mutant = self._rng.choice(mutants[:4])  # some mistakes are usual
                cell.source = mutant.source(answer, cell.source)
                for check, points in mutant.loses.items():
                    before, told = lost.get(check, (0.0, mutant.says))
                    lost[check] = (before + points, told)
            elif alternative and answer in alternative.answers and self._rng.random() < ALTERNATIVE:
                cell.source = alternative.source(answer, cell.source)
        return notebook, lost
