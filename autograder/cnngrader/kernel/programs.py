"""`!program` in a notebook where a kernel has no terminal, for which IPython asks."""

import os
import subprocess
import sys
from contextlib import suppress


def without_terminal() -> None:
    """Have IPython run programs on pipes where no terminal can be made."""
    with suppress(OSError):
        for end in os.openpty():
            os.close(end)
        return
    from ipykernel import zmqshell
    from IPython.core import interactiveshell

    vars(zmqshell)["system"], vars(interactiveshell)["getoutput"] = show_program, output_of


def show_program(command: str) -> int:
    """Show what a program prints while it runs; returns its exit status."""
    with _start(command) as program:
        assert program.stdout is not None
        try:
            for line in program.stdout:
                print(line, end="", flush=True)
        except KeyboardInterrupt:
            program.kill()
            print("^C", file=sys.stderr)
    return program.returncode


def output_of(command: str) -> str:
    """What a program prints."""
    with _start(command) as program:
        return program.communicate()[0]


def _start(command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["sh", "-c", command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
