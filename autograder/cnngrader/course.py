"""Where everything lies: the author's files, the released ones, and nbgrader's course directory."""

import os
import stat
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cnngrader.assignment import Assignment, find_ids, holds_assignments, load_assignment, paths_of
from cnngrader.course_file import course_zone
from cnngrader.did_you_mean import did_you_mean
from cnngrader.errors import AuthorError, UsageError
from cnngrader.files import write_whole
from cnngrader.ids import move_to_one_form, normal
from cnngrader.stamp_file import stamp_of

if TYPE_CHECKING:
    from traitlets.config import Config

COURSE_ID = "cnnkit"
CONFIG_NAME = "nbgrader_config.py"
CODE_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
TEXT_STUB = "*Write your answer here.*"

CONFINED = """\
c.ConfinedExecute.checkout = ".."
c.Autograde.autograde_preprocessors = [
    "cnngrader.ordinary.confined_execute.ConfinedExecute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
"""
CONFIG = f'''"""nbgrader's configuration of this course: formgrader and every nbgrader command read it."""

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = {COURSE_ID!r}
c.ClearSolutions.code_stub = {{"python": {CODE_STUB!r}}}
c.ClearSolutions.text_stub = {TEXT_STUB!r}

# "Autograde" goes the confined way: nbgrader's own steps, and in place of its Execute ours. The names are texts,
# so that nothing is graded where cnngrader cannot be imported.
{CONFINED}'''


def stubs() -> dict[str, object]:
    """What nbgrader's ClearSolutions puts where a solution was."""
    return {"code_stub": {"python": CODE_STUB}, "text_stub": TEXT_STUB}


@dataclass(frozen=True)
class Course:
    """root: the checkout, with solutions/ and assignments/. home: nbgrader's directory, with
    submitted/, autograded/, feedback/ and gradebook.db."""

    root: Path
    home: Path

    @classmethod
    def find(cls, home: Path | None = None, start: Path | None = None) -> "Course":
        """The checkout that holds the current directory. Raises UsageError where there is none."""
        here = (start or Path.cwd()).resolve()
        for folder in (here, *here.parents):
            if holds_assignments(folder):
                return cls(folder, (home or folder / "course").resolve())
        raise UsageError(
            f"{here} is in no course: neither it nor a folder above it holds solutions/ and autograder/rubrics/. "
            "Go to one, or begin one: cnnkit init my-course"
        )

    def ids(self) -> list[str]:
        return find_ids(self.root)

    def assignment(self, id: str) -> Assignment:
        id = normal(id)
        if id not in self.ids():
            meant = did_you_mean(id, self.ids())
            raise UsageError(f"no assignment is called {id!r}; there are: {', '.join(self.ids()) or 'none yet'}{meant}")
        return load_assignment(self.root, id)

    def released(self, id: str) -> Path:
        return self.root / "assignments" / id

    # In the folders that nbgrader's tools look into

    def generated(self, id: str, step: str) -> Path:
        """step: "source" or "release", as nbgrader calls them."""
        return self.home / step / id

    def submitted(self, id: str, student: str) -> Path:
        return self.home / "submitted" / student / id

    def autograded(self, id: str, student: str) -> Path:
        return self.home / "autograded" / student / id

    def page(self, id: str, student: str) -> Path:
        """A student's feedback."""
        return self.home / "feedback" / student / id / f"{id}.html"

    # Our own

    def report(self, name: str) -> Path:
        """The page of an assignment, or of the term."""
        return self.home / "reports" / f"{name}.html"

    def exported(self, name: str) -> Path:
        """What is made for a learning platform."""
        return self.home / "exports" / name

    def attempts(self, id: str, student: str) -> Path:
        """Where a student's former submissions are kept."""
        return self.home / "attempts" / student / id

    def graded_attempts(self, id: str, student: str) -> Path:
        """Where a student's attempts are kept as they were run, whether they count or not."""
        return self.home / "attempts_graded" / student / id

    def log(self, id: str, student: str) -> Path:
        return self.home / "logs" / id / f"{student}.log"

    def run_log(self, id: str) -> Path:
        """What the last run said that was started in the browser."""
        return self.home / "runs" / f"{id}.log"

    def journal(self, id: str, kind: str = "jsonl") -> Path:
        """kind: "jsonl" of verdicts, "lock" of the run, "due" for what the gradebook was told."""
        return self.home / "journal" / f"{id}.{kind}"

    def proofs(self, id: str) -> Path:
        """Verdicts of what was verified."""
        return self.home / "proofs" / id

    @property
    def secret(self) -> Path:
        return self.home / "secret"

    @property
    def roster(self) -> Path:
        """Who is in the class; it need not be there."""
        return self.home / "students.csv"

    @property
    def zone(self) -> ZoneInfo | None:
        """In which the course's people live, where course.toml tells it."""
        return course_zone(self.root)

    def zone_of(self, assignment: Assignment) -> tzinfo | None:
        """In which the times of an assignment are told and read: the course's, or as its due date is written."""
        return self.zone or (assignment.due.tzinfo if assignment.due else None)

    def time_of(self, id: str, student: str) -> datetime | None:
        """When a submission was handed in, where that is known."""
        return stamp_of(self.submitted(id, student), self.zone)

    def students(self, id: str) -> list[str]:
        """Students who handed in something, in order. Folders that were laid down by hand, their names written in
        another way, are renamed. Raises UsageError where somebody has two."""
        for step in ("submitted", "autograded", "feedback", "attempts"):
            for folder in [path for path in (self.home / step).glob(f"*/{id}") if path.is_dir()]:
                wanted = self.home / step / normal(folder.parent.name) / id
                if step == "submitted" or not wanted.exists():
                    move_to_one_form(folder, wanted)
        return sorted(path.parent.name for path in (self.home / "submitted").glob(f"*/{id}") if path.is_dir())

    def all_students(self) -> list[str]:
        """Students who handed in something for any assignment, in order."""
        return sorted({path.parent.name for path in (self.home / "submitted").glob("*/[!.]*") if path.is_dir()})

    def secrets(self) -> list[Path]:
        """What no student's code may read."""
        hidden = [path.parent for path in paths_of(self.root, "any")] + [self.home]
        kind, _, path = self.database.partition(":///")
        return [*hidden, Path(path.partition("?")[0])] if kind.startswith("sqlite") and path else hidden

    def config(self) -> "Config":
        """What nbgrader_config.py says; nothing where there is none. Raises AuthorError where it cannot be read."""
        from traitlets.config import Config, PyFileConfigLoader

        path = self.home / CONFIG_NAME
        if not path.exists():
            return Config()
        try:
            return PyFileConfigLoader(CONFIG_NAME, str(self.home)).load_config()
        except Exception as error:  # it is a program, so anything
            raise AuthorError(f"{path}: {type(error).__name__}: {error}") from None

    @property
    def database(self) -> str:
        """The gradebook's URL: db_url in nbgrader_config.py, or gradebook.db. A path is absolute."""
        url = str(self.config().CourseDirectory.get("db_url", ""))
        kind, slashes, path = (url or "sqlite:///gradebook.db").partition(":///")
        return f"{kind}:///{self.home / path}" if slashes and kind.startswith("sqlite") else url

    def has_gradebook(self) -> bool:
        """Whether there may be one: a server is not asked."""
        kind, _, path = self.database.partition(":///")
        return not kind.startswith("sqlite") or Path(path.partition("?")[0]).is_file()

    def prepare(self) -> None:
        """Make nbgrader's directory, where it is not there yet. It is closed to all but its owner, or, where it was
        opened to them, its group. Raises UsageError for a path that no gradebook can have."""
        if "?" in str(self.home):
            raise UsageError(f"{self.home}: a course's path must hold no '?', which begins a gradebook's options")
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (mode := stat.S_IMODE(self.home.stat().st_mode)) & stat.S_IRWXO:
            self.home.chmod(mode & ~stat.S_IRWXO)
        config = self.home / CONFIG_NAME
        if not config.exists():
            write_whole(config, self._with_checkout(CONFIG))

    def find_unconfined(self) -> str:
        """What to do where nbgrader's own Autograde would run a student's code with the rights of whoever presses it;
        "" where it would not."""
        if not (self.home / CONFIG_NAME).is_file():
            return ""
        steps = self.config().Autograde.get("autograde_preprocessors", [])
        given = steps if isinstance(steps, list | tuple) else ()
        names = [str(getattr(step, "__name__", step)).rpartition(".")[2] for step in given]
        if "ConfinedExecute" in names and "Execute" not in names:
            return ""
        return (
            f"{self.home / CONFIG_NAME} does not say that nbgrader's own Autograde is to be confined: there, and in "
            "formgrader, a student's code would run with your rights. Add these lines to it:\n\n"
            f"{self._with_checkout(CONFINED)}"
        )

    def _with_checkout(self, config: str) -> str:
        return config.replace('checkout = ".."', f"checkout = {os.path.relpath(self.root, self.home)!r}")
