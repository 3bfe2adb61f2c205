"""nbgrader's own API on a course: the one place that sets it up."""

import logging
import os
import sys
import warnings
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from cnngrader.course import COURSE_ID, Course, stubs


def open_gradebook(course: Course) -> Gradebook:
    """The course's gradebook, made where there is none; a context manager."""
    course.prepare()
    _find_programs()
    # It builds a submission before that belongs to a session, and SQLAlchemy says so each time.
    warnings.filterwarnings("ignore", "Object of type <Submitted", SAWarning)
    return Gradebook(course.database, COURSE_ID)


def open_api(course: Course) -> NbGraderAPI:
    course.prepare()
    _find_programs()
    config = Config()
    config.CourseDirectory.root = str(course.home)
    config.CourseDirectory.course_id = COURSE_ID
    config.CourseDirectory.db_url = course.database
    config.ClearSolutions.update(stubs())
    api = NbGraderAPI(config=config)
    api.log.setLevel(logging.ERROR)
    return api


def _find_programs() -> None:
    """nbgrader runs `alembic` by its bare name, which is beside the interpreter, activated or not."""
    programs = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", os.defpath)
    if programs not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([programs, path])
