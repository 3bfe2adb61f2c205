"""Which of several attempts counts: `attempts = "best"` in course.toml, or in an assignment.toml for that alone."""

from enum import StrEnum
from pathlib import Path

from cnngrader.declared import fault


class AttemptRule(StrEnum):
    LAST = "last"
    BEST = "best"
    LAST_BEFORE_DUE = "last before due"

    @property
    def sentence(self) -> str:
        """For students."""
        return {
            AttemptRule.LAST: "the last one counts",
            AttemptRule.BEST: "the best one counts, by its tests and less what is taken off for being late",
            AttemptRule.LAST_BEFORE_DUE: "the last one in time counts; where none was in time, the last one",
        }[self]


def rule_named(path: Path, name: str) -> AttemptRule:
    """Raises AuthorError, naming the file's key, for what is none."""
    try:
        return AttemptRule(name)
    except ValueError:
        known = ", ".join(f'"{rule}"' for rule in AttemptRule)
        raise fault(path, ("attempts",), f"is {name!r}, and must be one of {known}") from None
