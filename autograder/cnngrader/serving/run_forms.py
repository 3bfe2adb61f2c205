"""Forms that start and stop a run of `cnnkit grade`."""

from urllib.parse import quote

from cnngrader.serving.handler import Handler


class StartRun(Handler):
    """Of all that has changed; with a student of them alone, and with force though nothing has changed."""

    def post(self, id: str) -> None:
        assignment, name = self.assignment(id), self.get_body_argument("student", "", strip=False)
        student = self.student(assignment, name) if name else ""
        self.runs.start(assignment.id, student, force=bool(self.get_body_argument("force", "")))
        place = f"/assignment/{assignment.id}"
        self.redirect(f"{place}/student/{quote(student)}" if student else place, status=303)


class StopRun(Handler):
    def post(self, id: str) -> None:
        self.runs.stop()
        self.redirect(f"/assignment/{self.assignment(id).id}", status=303)
