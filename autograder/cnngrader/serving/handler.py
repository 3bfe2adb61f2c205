"""What all answers have in common: who gets one, what may run in it, and how an error is told."""

from functools import cache
from typing import Any

from jinja2 import Environment
from tornado.httputil import url_concat
from tornado.web import HTTPError, RequestHandler

from cnngrader.assignment import Assignment
from cnngrader.course import Course
from cnngrader.errors import CnnkitError, UsageError
from cnngrader.pages.templates import templates
from cnngrader.serving.access import Access, is_from_us, is_here
from cnngrader.serving.class_tables import ClassTables
from cnngrader.serving.runs import Runs
from cnngrader.when import at

OURS = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Of our own pages: nothing runs but our one script, and nothing is loaded from elsewhere."""
ENCLOSED = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox"
)
"""Of what is made of a student's texts: it runs nothing, and is of no origin."""
LINKED = f"{ENCLOSED} allow-same-origin"
"""Of such that lead to others of ours, which a browser would not ask for in our name otherwise."""


class Handler(RequestHandler):
    """Of one address. A GET changes nothing."""

    def initialize(self, course: Course, access: Access, runs: Runs, tables: ClassTables) -> None:
        self.course, self.access, self.runs, self.tables = course, access, runs, tables

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in {
            "Content-Security-Policy": OURS,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",  # with less, a browser keeps a form's origin to itself
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        }.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        if not is_here(self.request.host):
            raise HTTPError(403, reason="Not known here by this name")
        token = self.get_query_argument("token", "")
        if token and self.request.method == "GET" and self.access.opens(token):
            self.set_cookie(self._cookie, self.access.session, httponly=True, samesite="Strict")
            rest = [(name, value) for name, value in self._query() if name != "token"]
            self.redirect(url_concat(self.request.path, rest))
        elif not self.access.knows(self.get_cookie(self._cookie)):
            raise HTTPError(403, reason="The address with its token is needed")
        elif self._changes() and not is_from_us(self.request.headers.get("Origin"), self.request.host):
            raise HTTPError(403, reason="From another page")

    def assignment(self, id: str) -> Assignment:
        return self.course.assignment(id)

    def student(self, assignment: Assignment, name: str) -> str:
        """Raises UsageError for somebody who handed in nothing: no other name becomes a path."""
        if name not in self.course.students(assignment.id):
            raise UsageError(f"{name!r} handed in nothing for {assignment.id}")
        return name

    def show(self, template: str, **values: Any) -> None:
        """Answer with a page of ours."""
        self.write(_pages().get_template(template).render(**self._common(), **values))

    def enclose(self, page: str, policy: str = ENCLOSED) -> None:
        """Answer with a page of students' texts."""
        self.set_header("Content-Security-Policy", policy)
        self.write(page)

    def hand_over(self, name: str, content: bytes) -> None:
        """Answer with a file to be saved."""
        self.set_header("Content-Type", "text/csv; charset=utf-8")
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.set_header("Content-Security-Policy", ENCLOSED)
        self.write(content)

    def enclose_text(self, text: str) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.enclose(text)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None))[1]
        words = ""
        if isinstance(error, CnnkitError):
            self.set_status(404 if isinstance(error, UsageError) and self.request.method == "GET" else 409)
            words = str(error)
        elif isinstance(error, OSError):
            words = f"{error.filename or 'a file'}: {error.strerror}"
        elif status_code >= 500:
            words = "The grader itself failed. Why is on the terminal in which `cnnkit serve` runs."
        self.enclose(_pages().get_template("error.html.j2").render(reason=self._reason, words=words), LINKED)
        self.finish()

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        if not isinstance(value, CnnkitError | HTTPError):
            super().log_exception(typ, value, tb)

    def _common(self) -> dict[str, Any]:
        zone = self.course.zone
        return {"form_token": self.xsrf_form_html, "when": lambda time: at(time, zone), "path": self.request.path}

    def _changes(self) -> bool:
        return self.request.method not in ("GET", "HEAD")

    @property
    def _cookie(self) -> str:
        """One for each server: browsers send a cookie to every port."""
        return f"cnnkit-{self.settings['port']}"

    def _query(self) -> list[tuple[str, str]]:
        names = self.request.query_arguments
        return [(name, value) for name in names for value in self.get_query_arguments(name)]


@cache
def _pages() -> Environment:
    return templates("cnngrader.serving")
