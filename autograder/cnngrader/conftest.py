"""What the tests of the grader share."""

import os
import termios
import threading
from contextlib import ExitStack, redirect_stderr, redirect_stdout

import pyte
import pytest

from cnngrader.authoring.scaffold import scaffold
from cnngrader.course import Course


@pytest.fixture
def tiny_course(tmp_path):
    """A course in tmp_path with one assignment, "pooling", as `cnnkit new` writes it."""
    course = Course(tmp_path, tmp_path / "course")
    scaffold(course, "pooling")
    return course


@pytest.fixture
def pooling(tiny_course):
    return tiny_course.assignment("pooling")


class Terminal:
    """A terminal of 100 columns, for `with`: standard output and error lead to it in the block."""

    END = "\a"

    def __init__(self):
        self._screen = pyte.Screen(100, 60)
        self._rung = threading.Event()
        self._screen.bell = self._rung.set
        self._master, slave = os.openpty()
        termios.tcsetwinsize(slave, (60, 100))
        self._slave = os.fdopen(slave, "w", encoding="utf-8")
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        stream = pyte.ByteStream(self._screen)
        try:
            while data := os.read(self._master, 4096):
                stream.feed(data)
        except OSError:  # nobody writes any more
            return

    def __enter__(self):
        self._redirected = ExitStack()
        self._redirected.enter_context(redirect_stdout(self._slave))
        self._redirected.enter_context(redirect_stderr(self._slave))
        return self

    def __exit__(self, *error):
        self._redirected.close()

    def lines(self):
        """Those that are on the screen at the moment, empty ones left out."""
        self._rung.clear()
        print(self.END, end="", file=self._slave, flush=True)
        assert self._rung.wait(60)  # all that came before it has been read
        return [line.rstrip() for line in self._screen.display if line.strip()]

    def close(self):
        self._slave.close()
        self._reader.join()
        os.close(self._master)


@pytest.fixture
def terminal(monkeypatch):
    for name, value in {"TERM": "xterm-256color", "COLUMNS": "100", "LINES": "60"}.items():
        monkeypatch.setenv(name, value)
    terminal = Terminal()
    yield terminal
    terminal.close()
