"""What of an assignment is for some students alone: `[audience]` in assignment.toml, and who they are in the roster."""

from dataclasses import dataclass

from cnngrader.assignment import Assignment
from cnngrader.roster.roster import Roster
from cnngrader.roster.student import AUDIENCE

ROSTER, GROUP = "students.csv", "group"


@dataclass(frozen=True)
class Audiences:
    """What is not for a student gives them no points and takes none: no test of it is run, and the gradebook has no
    score of it, so that every sum is made without it."""

    assignment: Assignment
    roster: Roster

    def left_out(self, student: str) -> dict[str, str]:
        """{check or written question: whom it is for} of what is not for a student, or a group of which not all are of
        that audience."""
        own = self._of(student)
        return {
            id: audience
            for audience, ids in self.assignment.audience.items()
            if audience.casefold() not in own
            for id in ids
        }

    def told(self) -> list[str]:
        """What staff should look at before they grade: audiences that nobody is of."""
        return [
            f"{', '.join(self.assignment.audience[audience])} is for {audience} alone, and nobody in {ROSTER} is: it "
            f"counts for nobody. Write {audience!r} into its column {AUDIENCE!r} or {GROUP!r}"
            for audience in self._without_anybody()
        ]

    def _without_anybody(self) -> list[str]:
        """Audiences that nobody of the roster is of."""
        there = {audience for one in self.roster.students.values() for audience in one.audiences()}
        return [audience for audience in self.assignment.audience if audience.casefold() not in there]

    def _of(self, student: str) -> frozenset[str]:
        one = self.roster.students.get(student)
        members = [one] if one else self.roster.members(student)
        return frozenset.intersection(*(member.audiences() for member in members)) if members else frozenset()
