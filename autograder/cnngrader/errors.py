"""Errors that are meant for a person: the command line prints their one line and no traceback.

CnnkitError
├── UsageError      what was asked for cannot be done; exit status 2
│   └── NothingGraded  and something is asked about grades
├── AuthorError     an assignment's files are not right; names file and line
├── ConfinementError  this machine cannot confine a student's code
├── NotebookError   a submission's file cannot be graded
├── CourseError     what a course is written to takes nothing more
└── GraderError     the grader itself failed
"""

import traceback

INSTALL = "make env, in the checkout, or pip install '.[grader]' there"


class CnnkitError(Exception):
    """Received what, where, and what to do about it, in one line."""

    status = 1


class UsageError(CnnkitError):
    status = 2


class AuthorError(CnnkitError):
    pass


class ConfinementError(CnnkitError):
    pass


class NotebookError(CnnkitError):
    pass


class CourseError(CnnkitError):
    pass


class GraderError(CnnkitError):
    """trace: where it failed, in many lines, for whoever repairs it."""

    def __init__(self, words: str, trace: str):
        super().__init__(words, trace)  # so that it can be pickled
        self.trace = trace

    def __str__(self) -> str:
        return str(self.args[0])

    @classmethod
    def of(cls, error: Exception) -> "GraderError":
        if isinstance(error, cls):
            return error
        words = str(error) if isinstance(error, CnnkitError) else traceback.format_exception_only(error)[-1].strip()
        return cls(words, "".join(traceback.format_exception(error)))


class NothingGraded(UsageError):
    """Of an assignment, though something is asked about its grades."""

    def __init__(self, id: str):
        super().__init__(f"nothing of {id} is graded yet. Run: cnnkit grade {id}")
