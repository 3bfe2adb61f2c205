"""Where everything lies: the author's files, the released ones, and nbgrader's course directory."""

from dataclasses import dataclass
from pathlib import Path

from cnngrader.assignment import Assignment, load_assignment
from cnngrader.errors import UsageError

COURSE_ID = "cnnkit"
CODE_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
TEXT_STUB = "*Write your answer here.*"

CONFIG = f'''"""nbgrader's configuration of this course: formgrader and every nbgrader command read it."""

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = {COURSE_ID!r}
c.ClearSolutions.code_stub = {{"python": {CODE_STUB!r}}}
c.ClearSolutions.text_stub = {TEXT_STUB!r}
'''


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
            if (folder / "solutions").is_dir() and (folder / "autograder" / "rubrics").is_dir():
                return cls(folder, (home or folder / "course").resolve())
        raise UsageError(f"{here} is in no course: no folder above it holds solutions/ and autograder/rubrics/")

    def ids(self) -> list[str]:
        return sorted(path.parent.name for path in (self.root / "solutions").glob("*/assignment.toml"))

    def assignment(self, id: str) -> Assignment:
        if id not in self.ids():
            raise UsageError(f"no assignment is called {id!r}; there are: {', '.join(self.ids()) or 'none yet'}")
        return load_assignment(self.root, id)

    def released(self, id: str) -> Path:
        return self.root / "assignments" / id

    def submitted(self, id: str, student: str) -> Path:
        return self.home / "submitted" / student / id

    def attempts(self, id: str, student: str) -> Path:
        """Where a student's former submissions are kept."""
        return self.home / "attempts" / student / id

    def students(self, id: str) -> list[str]:
        """Students who handed in something, in order."""
        return sorted(path.parent.name for path in (self.home / "submitted").glob(f"*/{id}") if path.is_dir())

    def secrets(self) -> list[Path]:
        """What no student's code may read."""
        return [self.root / "solutions", self.root / "autograder" / "rubrics", self.home]

    @property
    def database(self) -> str:
        return f"sqlite:///{self.home / 'gradebook.db'}"

    def prepare(self) -> None:
        """Make nbgrader's directory, where it is not there yet."""
        self.home.mkdir(parents=True, exist_ok=True)
        config = self.home / "nbgrader_config.py"
        if not config.exists():
            config.write_text(CONFIG)
