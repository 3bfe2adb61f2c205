"""The gradebook's totals for other programs, as `cnnkit export` writes them."""

from cnngrader.assignment import Assignment
from cnngrader.errors import UsageError
from cnngrader.exporting.fill import Filled
from cnngrader.exporting.platforms import PLATFORMS, fill_file
from cnngrader.exporting.scores import Scores, csv_of, read_scores
from cnngrader.files import OWNER_ALONE, write_whole
from cnngrader.serving.handler import Handler

FILES = ("scores", *PLATFORMS)


class ExportView(Handler):
    """A form takes the file that a platform exported, and gives it back filled."""

    def get(self, id: str) -> None:
        assignment = self.assignment(id)
        self._tell(assignment, read_scores(self.course, assignment))

    def post(self, id: str) -> None:
        assignment, platform = self.assignment(id), self.get_body_argument("platform")
        sent = self.request.files.get("file", [])
        if platform not in PLATFORMS or not sent:
            raise UsageError("no file was chosen. Choose the one that the platform exported")
        column, zero = self.get_body_argument("column", ""), self.get_body_argument("zero", "")
        scores = read_scores(self.course, assignment)
        content, name = sent[0]["body"], sent[0]["filename"]
        filled = fill_file(platform, content, name, assignment, scores, column=column, missing_as_zero=bool(zero))
        target = self.course.exported(f"{assignment.id}-{platform}.csv")
        target.parent.mkdir(exist_ok=True)
        write_whole(target, filled.content, OWNER_ALONE)
        self._tell(assignment, scores, filled, platform)

    def _tell(self, assignment: Assignment, scores: Scores, filled: Filled | None = None, platform: str = "") -> None:
        values = {"assignment": assignment, "scores": scores, "filled": filled, "platform": platform}
        self.show("export_view.html.j2", **values)


class ExportedFile(Handler):
    """scores: a row a student and check, of this moment. Else what was filled last for the platform."""

    def get(self, id: str, name: str) -> None:
        assignment = self.assignment(id)
        path = self.course.exported(f"{assignment.id}-{name}.csv")
        if name not in PLATFORMS:
            self.hand_over(path.name, csv_of(read_scores(self.course, assignment)).encode())
        elif path.is_file():
            self.hand_over(path.name, path.read_bytes())
        else:
            raise UsageError(f"nothing was filled for {name} yet")
