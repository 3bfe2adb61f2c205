"""Where the processes come from that run rubrics."""

import multiprocessing
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

AHEAD = "CNNKIT_IMPORT_AHEAD"


def rubric_processes(modules: Sequence[str]) -> ForkServerContext:
    """What starts them, quickly: they have imported all that grading takes, and these modules where none was
    started before and they can be imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["cnngrader.no_uri_grammar", "cnngrader.submission.grade", "cnngrader.submission.imported_ahead"]
    )
    # Python would import what lies in the current directory, a submission even.
    with _variables({"PYTHONSAFEPATH": "1", AHEAD: ",".join(modules)}):
        forkserver.ensure_running()
    return context


@contextmanager
def _variables(wanted: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value
