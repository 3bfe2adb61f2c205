"""What can be looked at: the term, a class, a student, a report, a log."""

from cnngrader.pages.feedback import feedback_pages
from cnngrader.reporting.class_report import make_class_report
from cnngrader.reporting.graded_class import read_class
from cnngrader.reporting.report_pages import TERM, class_page, term_page
from cnngrader.reporting.term_report import make_class_reports, make_term_report
from cnngrader.serving.handler import LINKED, Handler


class TermView(Handler):
    def get(self) -> None:
        tables = [self.tables.read(self.assignment(id)) for id in self.course.ids()]
        self.show("term_view.html.j2", tables=tables, assignment=None)


class ClassView(Handler):
    def get(self, id: str) -> None:
        table = self.tables.read(self.assignment(id))
        self.show("class_view.html.j2", table=table, assignment=table.assignment, running=self.runs.current)


class ClassRows(Handler):
    """What of the class's page changes while it is graded."""

    def get(self, id: str) -> None:
        table = self.tables.read(self.assignment(id))
        self.show("class_rows.html.j2", table=table, assignment=table.assignment, running=self.runs.current)


class StudentView(Handler):
    def get(self, id: str, name: str) -> None:
        assignment = self.assignment(id)
        student = self.student(assignment, name)
        table = self.tables.read(assignment)
        place = [row.student for row in table.rows].index(student)
        around = [table.rows[n] if 0 <= n < len(table.rows) else None for n in (place - 1, place + 1)]
        self.show(
            "student_view.html.j2",
            assignment=assignment,
            row=table.rows[place],
            before=around[0],
            after=around[1],
            running=self.runs.current,
            log=self.course.log(assignment.id, student).is_file(),
        )


class StudentPage(Handler):
    """What the student gets, as it would be written now."""

    def get(self, id: str, name: str) -> None:
        assignment = self.assignment(id)
        student = self.student(assignment, name)
        for _, page in feedback_pages(self.course, assignment, [student]):
            self.enclose(page)


class StudentLog(Handler):
    def get(self, id: str, name: str) -> None:
        assignment = self.assignment(id)
        log = self.course.log(assignment.id, self.student(assignment, name))
        self.enclose_text(log.read_text(encoding="utf-8", errors="replace") if log.is_file() else "No log yet.")


class ReportView(Handler):
    def get(self, id: str) -> None:
        self.show("report_view.html.j2", assignment=None if id == TERM else self.assignment(id), id=id)


class ReportPage(Handler):
    """A report as `cnnkit report` writes it, of this moment. Their links lead from one to another."""

    def get(self, id: str) -> None:
        if id != TERM:
            report = make_class_report(read_class(self.course, self.assignment(id)))
            self.enclose(class_page(self.course, report), LINKED)
            return
        self.enclose(term_page(self.course, make_term_report(make_class_reports(self.course))), LINKED)


class RunLog(Handler):
    """What the last run said that was started here."""

    def get(self, id: str) -> None:
        self.enclose_text(self.runs.log(self.assignment(id).id) or "No run was started here yet.")
