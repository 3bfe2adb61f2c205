"""Who grades whose written answers: an assignment's students, shared out among graders."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import msgspec

from cnngrader.course import Course
from cnngrader.errors import UsageError
from cnngrader.files import OWNER_ALONE, write_whole
from cnngrader.gradebook.standing import Standing


@dataclass(frozen=True)
class GraderSplit:
    """graders: nobody where it is not shared out. blind: whether graders see pseudonyms in place of names. of:
    {student: grader}."""

    graders: tuple[str, ...] = ()
    blind: bool = False
    of: Mapping[str, str] = field(default_factory=dict)

    def students_of(self, grader: str) -> list[str]:
        return [student for student, own in self.of.items() if own == grader]

    def completed(self, students: Sequence[str]) -> "GraderSplit":
        """With those who are new given to whoever has fewest, and without those who are gone; the others stay."""
        if not self.graders:
            return self
        of = {student: self.of[student] for student in students if self.of.get(student) in self.graders}
        load = Counter(of.values())
        for student in students:
            if student not in of:
                of[student] = min(self.graders, key=lambda grader: load[grader])
                load[of[student]] += 1
        return replace(self, of={student: of[student] for student in students})

    def balanced(self, done: Collection[str]) -> "GraderSplit":
        """With no grader having more than one student more than another, as far as that can be had by moving those who
        are not done."""
        of = dict(self.of)
        while True:
            own = {grader: [student for student in of if of[student] == grader] for grader in self.graders}
            least = min(self.graders, key=lambda grader: len(own[grader]))
            movable = {
                grader: [student for student in own[grader] if student not in done]
                for grader in self.graders
                if len(own[grader]) > len(own[least]) + 1
            }
            most = max((grader for grader in movable if movable[grader]), key=lambda g: len(own[g]), default=None)
            if most is None:
                return replace(self, of=of)
            of[movable[most][-1]] = least

    def left(self, standings: Mapping[str, Standing]) -> dict[str, int]:
        """{grader: answers that wait to be read}."""
        found = dict.fromkeys(self.graders, 0)
        for student, grader in self.of.items():
            if standing := standings.get(student):
                found[grader] += sum(cell.written and cell.asks for cell in standing.cells)
        return found


def read_split(path: Path) -> GraderSplit:
    """Raises UsageError for a file that is none."""
    if not path.is_file():
        return GraderSplit()
    try:
        return msgspec.json.decode(path.read_bytes(), type=GraderSplit)
    except msgspec.MsgspecError as error:
        raise UsageError(
            f"{path} cannot be read ({error}). Take it away, and share out anew: cnnkit assign {path.stem} --graders"
        ) from None


def write_split(path: Path, split: GraderSplit) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(asdict(split), indent=1, ensure_ascii=False) + "\n", OWNER_ALONE)


def graders_of(course: Course) -> list[str]:
    """Of any assignment."""
    return sorted({grader for id in course.ids() for grader in read_split(course.journal(id, "graders")).graders})


def split_of(course: Course, id: str, students: Sequence[str]) -> GraderSplit:
    """As it is with everybody who handed in, and remembered so."""
    path = course.journal(id, "graders")
    found = read_split(path)
    split = found.completed(students)
    if split != found:
        write_split(path, split)
    return split


def share_out(
    course: Course, id: str, students: Sequence[str], graders: Sequence[str], *, blind: bool, done: Collection[str] = ()
) -> GraderSplit:
    """Among these graders, evenly; who grades whom already stays where it can. done: of whom nothing is left to be
    read, who are not moved to another grader."""
    former = read_split(course.journal(id, "graders"))
    split = replace(former, graders=tuple(graders), blind=blind).completed(students).balanced(done)
    write_split(course.journal(id, "graders"), split)
    return split
