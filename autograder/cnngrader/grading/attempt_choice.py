"""Which attempts count, by the rule of the assignment, and what has to be graded to know that."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING

from cnngrader.attempt_rule import AttemptRule
from cnngrader.collecting.attempts import Attempt, choose_in_time, find_attempts, make_count
from cnngrader.errors import CnnkitError
from cnngrader.grading.dispatch import Workers, dispatch
from cnngrader.grading.grading import Grading

if TYPE_CHECKING:  # these import nbgrader, which takes seconds
    from cnngrader.gradebook.due_dates import DueDates
    from cnngrader.gradebook.late_penalty import LatePenalty


class AttemptChoice:
    """Of the students whom a run grades. Best is what the tests give, less what is taken off for being late; of equals
    that which counts already, else the last. Where the last counts, collecting has seen to it."""

    def __init__(self, grading: Grading):
        self.grading, self.rule = grading, grading.assignment.attempts
        self.ungraded: list[tuple[str, Attempt]] = []

    @cached_property
    def dates(self) -> "DueDates":
        return self.grading.enter()

    def choose(self, tell: Callable[[str, Attempt], object] | None = None) -> None:
        """Put those that count where they count, as far as that is known, and find what else has to be graded.

        tell: is told of each that did not count before.
        """
        if self.rule is AttemptRule.LAST_BEFORE_DUE:
            grading = self.grading
            chosen = choose_in_time(grading.course, grading.assignment, grading.students, self.dates.of)
        else:
            chosen = self._choose_best() if self.rule is AttemptRule.BEST else {}
        if tell:
            for student, attempt in chosen.items():
                tell(student, attempt)

    def grade(self, workers: Workers) -> Iterator[str]:
        """Run what is not graded; students, as they come. What cannot be graded is tried again by the next run."""
        jobs = (self.grading.job_of(student, attempt.folder) for student, attempt in self.ungraded)
        for job, outcome in dispatch(jobs, workers):
            if not isinstance(outcome, CnnkitError) and outcome.status.settled:
                self.grading.attempts.write(self.grading.entry_of(job, outcome))
            yield job.student

    def _choose_best(self) -> dict[str, Attempt]:
        self.grading.attempts.read()
        self.ungraded, chosen = [], {}
        for student in self.grading.students:
            with suppress(OSError):  # what counts cannot be read then, either, and that is told when it is graded
                if best := self._best(student):
                    make_count(self.grading.course, self.grading.assignment.id, student, best)
                    chosen[student] = best
        return chosen

    def _best(self, student: str) -> Attempt | None:
        """The best, where it does not count yet; None as long as one is not graded."""
        attempts = find_attempts(self.grading.course, self.grading.assignment.id, student)
        if len(attempts) < 2:
            return None
        scores = [self._score(student, attempt) for attempt in attempts]
        waiting = [(student, attempt) for attempt, score in zip(attempts, scores, strict=True) if score is None]
        self.ungraded += waiting
        times = [attempt.time.timestamp() if attempt.time else 0.0 for attempt in attempts]
        best = max(range(len(attempts)), key=lambda n: (scores[n] or 0.0, attempts[n].counts, times[n]))
        return None if waiting or attempts[best].counts else attempts[best]

    def _score(self, student: str, attempt: Attempt) -> float | None:
        """None where it is not known."""
        found = self.grading.find_verdict(self.grading.job_of(student, attempt.folder))
        if found is None:
            return None
        score = sum(test.earned for test in found[1])
        due = self.dates.of(student)
        late = (attempt.time - due).total_seconds() if attempt.time and due else 0
        penalty = self._penalty.of(student, SimpleNamespace(score=score), late) if late > 0 else None
        return max(0.0, round(score - (penalty or 0.0), 6))

    @cached_property
    def _penalty(self) -> "LatePenalty":
        from cnngrader.gradebook.late_penalty import LatePenalty

        return LatePenalty(self.grading.course)
