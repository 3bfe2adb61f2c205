"""Runs of `cnnkit grade` that were started in the browser: the command itself, in a process of its own."""

import os
import subprocess
import sys

from cnngrader.course import Course
from cnngrader.errors import UsageError
from cnngrader.files import OWNER_ALONE


class Runs:
    """One at a time, since a run takes all cores. What it says is in course/runs/ID.log."""

    def __init__(self, course: Course):
        self.course = course
        self._process: subprocess.Popen[bytes] | None = None
        self._id = ""

    @property
    def current(self) -> str:
        """The assignment that is graded; "" where none is."""
        return self._id if self._process and self._process.poll() is None else ""

    def start(self, id: str, student: str = "", *, force: bool = False) -> None:
        """As somebody would type it. student: the only one. Raises UsageError where a run goes on."""
        if self.current:
            raise UsageError(f"{self.current} is being graded. Wait for that to end, or stop it")
        log = self.course.run_log(id)
        log.parent.mkdir(exist_ok=True)
        chosen = [f"--student={student}"] * bool(student) + ["--force"] * force
        command = [sys.executable, "-P", "-m", "cnngrader", "grade", id, "--course", str(self.course.home), *chosen]
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ALONE), "wb") as said:
            self._process = subprocess.Popen(
                command,
                cwd=self.course.root,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                env=os.environ | {"PYTHONUNBUFFERED": "1", "NO_COLOR": "1"},
                start_new_session=True,  # Ctrl-C is for the server, which ends it
            )
        self._id = id

    def stop(self) -> None:
        """As Ctrl-C does: what is graded is kept. Nothing is done where no run goes on."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def end(self) -> None:
        """Stop it, and wait for that."""
        self.stop()
        if self._process:
            self._process.wait()

    def log(self, id: str) -> str:
        """What the last one said; "" where there was none."""
        path = self.course.run_log(id)
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
