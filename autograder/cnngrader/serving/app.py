"""Which address answers what."""

from tornado.web import Application

from cnngrader.course import Course
from cnngrader.serving import exports, run_forms, similar_views, views, written_views
from cnngrader.serving.access import Access
from cnngrader.serving.class_tables import ClassTables
from cnngrader.serving.handler import Handler
from cnngrader.serving.runs import Runs
from cnngrader.serving.static_file import FILES, StaticFile

MOST_BYTES = 32 * 2**20
"""Of what is sent: a gradebook of a learning platform is smaller by far."""


def make_app(course: Course, access: Access, runs: Runs, port: int, grader: str = "") -> Application:
    """grader: whose answers are shown where a page's address names nobody."""
    common = {"course": course, "access": access, "runs": runs, "tables": ClassTables(course)}
    one, student = r"/assignment/([\w-]+)", r"/student/([^/]+)"
    addresses: dict[str, type[Handler]] = {
        "/": views.TermView,
        one: views.ClassView,
        f"{one}/rows": views.ClassRows,
        f"{one}/run": views.RunLog,
        f"{one}/grade": run_forms.StartRun,
        f"{one}/stop": run_forms.StopRun,
        f"{one}/written": written_views.QuestionsView,
        f"{one}/written/([^/]+)": written_views.QuestionView,
        f"{one}/items": written_views.BringUp,
        f"{one}{student}": views.StudentView,
        f"{one}{student}/page": views.StudentPage,
        f"{one}{student}/log": views.StudentLog,
        f"{one}/export": exports.ExportView,
        rf"{one}/export/({'|'.join(exports.FILES)})\.csv": exports.ExportedFile,
        f"{one}/similar": similar_views.SimilarView,
        f"{one}/similar/page": similar_views.SimilarPage,
        r"/report/([\w-]+)": views.ReportView,
        r"/report/([\w-]+)\.html": views.ReportPage,
        f"/static/({'|'.join(FILES)})": StaticFile,
    }
    return Application(
        [(address, handler, common) for address, handler in addresses.items()],
        port=port,
        grader=grader,
        default_handler_class=Nothing,
        default_handler_args=common,
        log_function=lambda handler: None,  # addresses name students
        xsrf_cookies=True,
        xsrf_cookie_name=f"cnnkit-form-{port}",
        xsrf_cookie_kwargs={"httponly": True, "samesite": "Strict"},
    )


class Nothing(Handler):
    """Where nothing is."""

    def get(self) -> None:
        self.send_error(404)

    post = get
