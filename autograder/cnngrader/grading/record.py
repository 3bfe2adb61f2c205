"""What a run of `cnnkit grade` says of a submission: its line, and an object of `--json`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from cnngrader.plain_text import plain
from cnngrader.submission.status import Status
from cnngrader.when import at, how_late

if TYPE_CHECKING:
    from cnngrader.gradebook.standing import Standing  # imports nbgrader, which takes seconds


@dataclass(frozen=True)
class Record:
    """One submission of any course.

    status: of the verdict, or failed where it could not be graded. kept: whether it needed no run. slower: how many
    times slower than the reference machine this one is. before: what its tests gave before this run, where they were
    run again. messages: {check: what was lost}. standing: None where it is in no gradebook.
    """

    student: str
    assignment: str
    status: Status
    detail: str = ""
    kept: bool = False
    seconds: float = 0.0
    before: float | None = None
    standing: "Standing | None" = None
    messages: Mapping[str, str] = field(default_factory=dict)
    repairs: Sequence[str] = ()
    slower: float = 1.0

    def asdict(self) -> dict[str, Any]:
        """All points are the gradebook's: total = by_tests + by_hand - penalty, and not below 0."""
        stands = self.standing
        return {
            "student": self.student,
            "assignment": self.assignment,
            "status": self.status,
            "detail": self.detail,
            "kept": self.kept,
            "by_tests": stands.by_tests if stands else 0.0,
            "by_hand": stands.by_hand if stands else 0.0,
            "penalty": stands.penalty if stands else 0.0,
            "total": stands.total if stands else 0.0,
            "max_score": stands.max_score if stands else 0.0,
            "waiting": stands.waiting if stands else 0.0,
            "submitted": stands.submitted.isoformat() if stands and stands.submitted else None,
            "seconds_late": stands.seconds_late if stands else 0.0,
            "before": self.before,
            "seconds": self.seconds,
            "slower": self.slower,
            "cells": [
                {**asdict(cell), "score": cell.score, "message": self.messages.get(cell.id, "")}
                for cell in (stands.cells if stands else ())
            ],
            "repairs": list(self.repairs),
        }

    def line(self, zone: tzinfo | None) -> str:
        """For a person. zone: in which times are told; None is this machine's."""
        name, notes = f"{plain(self.student):<28}", "; ".join(self._notes(zone))
        if self.standing is None or self.status == Status.FAILED:
            return f"{name} {notes}"
        return f"{name} {self.standing.total:6.2f} of {self.standing.max_score:g}  {self.seconds:5.1f} s  {notes}"

    def _notes(self, zone: tzinfo | None) -> list[str]:
        problem = f"{self.status}: {self.detail}" if self.status != Status.GRADED else self.detail
        notes = [problem] if problem else []
        stands = self.standing
        if stands is None or self.status == Status.FAILED:
            return notes or ["not in the gradebook"]
        by_hand = f" + {stands.by_hand:g} by hand" if stands.by_hand else ""
        late = f" - {stands.penalty:g} for being late" if stands.penalty else ""
        notes.append(f"{stands.by_tests:g} by tests{by_hand}{late}")
        notes += [
            f"{cell.id} is {cell.by_hand:g} by hand, not {cell.tests:g}"
            for cell in stands.cells
            if cell.by_hand is not None and not cell.written and cell.tests is not None
        ]
        if self.before not in (None, round(sum(cell.tests or 0.0 for cell in stands.cells), 6)):
            notes.append(f"tests gave {self.before:g} before")
        if stands.waiting:
            notes.append(f"{stands.waiting:g} waiting")
        if again := [cell.id for cell in stands.cells if cell.asks and cell.score is not None]:
            notes.append(f"to be looked at again: {', '.join(again)}")
        if stands.submitted:
            late = how_late(stands.submitted, stands.due) if stands.due else ""
            notes.append(f"handed in {at(stands.submitted, zone)}{late and f', {late}'}")
        return [*notes, *(["kept"] if self.kept else [])]
