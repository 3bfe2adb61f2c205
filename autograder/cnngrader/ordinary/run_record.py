"""What a run of `cnnkit grade` in an ordinary course leaves for the next one."""

import shutil
from pathlib import Path


class RunRecord:
    """Of one assignment, in a folder: which students a run is at, and the digest of what was graded of each.

    lock, log: paths, for the run's RunLock and for what nbgrader says.
    """

    def __init__(self, folder: Path, id: str):
        self.lock = folder / f"{id}.lock"
        self.log = folder / f"{id}.log"
        self._unfinished = folder / f"unfinished-{id}"
        self._graded = folder / f"graded-{id}"

    def begin(self, student: str) -> None:
        """From now on until its end, the student is unfinished."""
        self._unfinished.mkdir(parents=True, exist_ok=True)
        (self._unfinished / student).touch()

    def end(self, student: str) -> None:
        (self._unfinished / student).unlink(missing_ok=True)

    def graded(self, student: str, digest: str) -> None:
        self._graded.mkdir(parents=True, exist_ok=True)
        (self._graded / student).write_text(digest, encoding="utf-8")

    def holds(self, student: str, digest: str) -> bool:
        """Whether it was this that was graded; False where that is not known."""
        path = self._graded / student
        return path.is_file() and path.read_text(encoding="utf-8") == digest

    def unfinished(self) -> list[str]:
        return sorted(path.name for path in self._unfinished.glob("*"))

    def forget_unfinished(self) -> None:
        shutil.rmtree(self._unfinished, ignore_errors=True)
