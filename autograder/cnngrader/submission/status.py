"""What can come of a submission, with the sentence that tells its student."""

from enum import StrEnum


class Status(StrEnum):
    GRADED = "graded"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"
    INVALID = "invalid"
    LOST = "lost"
    FAILED = "failed"

    @classmethod
    def _missing_(cls, value: object) -> "Status":
        """A journal may have been written by another version."""
        return cls.FAILED

    @property
    def settled(self) -> bool:
        """Whether it comes of the submission itself. What does not is the grader's own failure, and never holds."""
        return self not in (Status.LOST, Status.FAILED)

    @property
    def ran(self) -> bool:
        """Whether all cells were run, or might have been."""
        return self in (Status.GRADED, Status.TIMEOUT)

    @property
    def sentence(self) -> str:
        """For the student's page; "" where there is nothing to say."""
        return _SENTENCES.get(self, "")


_SENTENCES = {
    Status.TIMEOUT: "Part of the notebook took too long",
    Status.MEMORY: "The notebook used too much memory",
    Status.CRASHED: "The notebook's process ended before its time",
    Status.INVALID: "The file could not be read as a notebook",
    Status.LOST: "The notebook could not be graded, since no process survived it",
}
