"""nbgrader's own API on a course: the one place that sets it up."""

import locale
import logging
import os
import sys
import warnings
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from sqlalchemy import make_url
from sqlalchemy.exc import SAWarning, SQLAlchemyError
from traitlets.config import Config

from cnngrader.course import CONFIG_NAME, COURSE_ID, Course, stubs
from cnngrader.errors import UsageError
from cnngrader.gradebook.unite_students import unite_students

PATIENCE = 60
"""Seconds to wait for another program, such as formgrader, to let go of an SQLite gradebook."""


def open_gradebook(course: Course) -> Gradebook:
    """The course's gradebook, made where there is none; a context manager.

    Raises UsageError for a database that cannot be opened as the configuration says.
    """
    course.prepare()
    _prepare_programs()
    # It builds a submission before that belongs to a session, and SQLAlchemy says so each time.
    warnings.filterwarnings("ignore", "Object of type <Submitted", SAWarning)
    where = f"{course.home / CONFIG_NAME}: the gradebook"
    try:
        url = make_url(course.database)
        where = f"{where} {url.render_as_string(hide_password=True)}"
        if url.get_backend_name() == "sqlite" and "timeout" not in url.query:
            url = url.update_query_dict({"timeout": str(PATIENCE)})
        book = Gradebook(url.render_as_string(hide_password=False), COURSE_ID)
        unite_students(book.engine)
        return book
    except ModuleNotFoundError as error:
        package = {"psycopg": "'psycopg[binary]'", "psycopg2": "psycopg2-binary"}.get(error.name or "", error.name)
        raise UsageError(f"{where} needs a driver. Run: pip install {package}") from None
    except SQLAlchemyError as error:
        raise UsageError(f"{where} cannot be opened: {reason(error)}") from None


def reason(error: SQLAlchemyError) -> str:
    """What the database said, in one line."""
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]


def open_api(course: Course) -> NbGraderAPI:
    course.prepare()
    _prepare_programs()
    config = Config()
    config.CourseDirectory.root = str(course.home)
    config.CourseDirectory.course_id = COURSE_ID
    config.CourseDirectory.db_url = course.database
    config.ClearSolutions.update(stubs())
    api = NbGraderAPI(config=config)
    api.log.setLevel(logging.ERROR)
    return api


def _prepare_programs() -> None:
    """nbgrader runs `alembic` by its bare name, which is beside the interpreter, activated or not. That reads a file
    with the course's path in the locale's encoding, also where Python itself uses UTF-8."""
    if locale.getencoding().lower() not in ("utf-8", "utf8"):
        os.environ["LC_ALL"] = "C.UTF-8"
    programs = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", os.defpath)
    if programs not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([programs, path])
