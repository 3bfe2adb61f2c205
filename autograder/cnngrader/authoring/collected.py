"""The graded tests of a rubric, as pytest collects them in a process of its own."""

import os
from functools import lru_cache
from multiprocessing.connection import Connection
from pathlib import Path

from cnngrader.authoring.pytest_item import PytestItem
from cnngrader.errors import AuthorError
from cnngrader.submission.rubric_processes import rubric_processes


def collected(path: Path, text: str, imports: tuple[str, ...] = ()) -> tuple[PytestItem, ...]:
    """The graded tests of a rubric with this text, in its order. imports: modules that it imports.

    The same text has the same tests. Raises AuthorError, with path and line, where a graded test is one that
    pytest would not run, or not once, or could not call.
    """
    tests, problem = _asked(path.name, text, imports)
    if problem:
        raise AuthorError(f"{path}:{'' if problem[0].isdigit() else ' '}{problem}")
    return tests


@lru_cache(maxsize=64)
def _asked(name: str, text: str, imports: tuple[str, ...]) -> tuple[tuple[PytestItem, ...], str]:
    processes = rubric_processes(imports)
    here, there = processes.Pipe(duplex=False)
    process = processes.Process(target=_answer, args=(there, name, text), daemon=True)
    with here:
        process.start()
        there.close()
        try:
            tests, problem = here.recv()
        except EOFError:
            tests, problem = (), "the process that loads it ended"
        process.join()
        process.close()
    return tests, problem


def _answer(connection: Connection, name: str, text: str) -> None:
    """In the process: what the rubric does there, and prints, is of no matter."""
    from cnngrader.authoring.ask_pytest import ask_pytest

    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    connection.send(ask_pytest(name, text))
