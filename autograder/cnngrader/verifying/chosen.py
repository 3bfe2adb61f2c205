"""What of an assignment is to be proven."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from cnngrader.authoring.rubric import Rubric, RubricTest
from cnngrader.did_you_mean import did_you_mean
from cnngrader.errors import UsageError
from cnngrader.verifying.changed_solution import ChangedSolution


@dataclass(frozen=True)
class Chosen:
    """All of it, or what these checks need, and these mutants and alternatives."""

    checks: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        return not (self.checks or self.names)

    def tests(self, tests: Iterable[RubricTest]) -> list[RubricTest]:
        return [test for test in tests if self.everything or test.mark.check in self.checks]

    def takes(self, changed: ChangedSolution, tests: Iterable[RubricTest]) -> bool:
        """tests: those that are run on it."""
        return changed.name in self.names or bool(self.tests(tests))

    def refuse_unknown(self, rubric: Rubric, changed: Iterable[ChangedSolution]) -> None:
        """Raises UsageError where there is no such check, or no such mutant or alternative."""
        _refuse_unknown("check", self.checks, list(rubric.points()))
        _refuse_unknown("mutant or alternative", self.names, [one.name for one in changed])


EVERYTHING = Chosen()


def _refuse_unknown(kind: str, names: Iterable[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            meant = did_you_mean(name, known)
            raise UsageError(f"no {kind} is called {name!r}; there are: {', '.join(known) or 'none'}{meant}")
