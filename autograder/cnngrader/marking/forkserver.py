"""Where the processes come from that run rubrics."""

import multiprocessing
import os
from collections.abc import Sequence
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext


def rubric_processes(modules: Sequence[str]) -> ForkServerContext:
    """What starts them, quickly: they have imported all that grading takes, and these modules where none was
    started before."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["cnngrader.marking.grade", *modules])
    # Python would import what lies in the current directory, a submission even.
    variable = "PYTHONSAFEPATH"
    before = os.environ.get(variable)
    os.environ[variable] = "1"
    try:
        forkserver.ensure_running()
    finally:
        os.environ.pop(variable)
        if before is not None:
            os.environ[variable] = before
    return context
