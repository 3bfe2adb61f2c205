"""Imported by the process that all processes for rubrics are forked from: imports what rubrics import.

What cannot be imported, for whatever reason, fails where a rubric imports it.
"""

import importlib
import os
from contextlib import suppress

from cnngrader.submission.rubric_processes import AHEAD

for _name in filter(None, os.environ.pop(AHEAD, "").split(",")):
    with suppress(BaseException):
        importlib.import_module(_name)
