"""Errors that are meant for a person: the command line prints their one line and no traceback.

CnnkitError
├── UsageError      what was asked for cannot be done; exit status 2
├── AuthorError     an assignment's files are not right; names file and line
├── ConfinementError  this machine cannot confine a student's code
└── NotebookError   a submission's file cannot be graded
"""


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
