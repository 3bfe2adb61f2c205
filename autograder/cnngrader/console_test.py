"""What is left on a terminal, and in a file, of what a command prints while something is shown live."""

from contextlib import redirect_stderr, redirect_stdout

import pytest

from cnngrader.commands.live_table import LiveTable
from cnngrader.console import bar, err, out, shown


def print_below(live, lines):
    """Lines of every kind, while something is shown that has been redrawn between them."""
    with live:
        for number in range(lines):
            out.print(f"out {number}", markup=False)
            print(f"plain {number}", flush=True)
            err.print(f"err {number}", style="bold red", markup=False)
    out.print("done")


@pytest.fixture(params=[lambda: shown(LiveTable(9, lambda: {"ana": 1.0})), lambda: bar("verifying")])
def live(request):
    return request.param()


def test_every_line_stays_on_the_terminal_and_what_was_live_does_not(terminal, live):
    with terminal:
        print_below(live, 8)
    lines = [f"{stream} {number}" for number in range(8) for stream in ("out", "plain", "err")]
    assert terminal.lines() == [*lines, "done"]


def test_what_is_live_is_below_the_lines(terminal):
    with terminal, shown(LiveTable(9, lambda: {"ana": 1.0})):
        out.print("a line")
        first, *table = terminal.lines()
    assert first == "a line" and table[0].startswith("0 done") and "ana" in table[1]


def test_lines_for_a_file_go_there_alone(terminal, live, tmp_path):
    with terminal, (tmp_path / "lines").open("w", encoding="utf-8") as file, redirect_stdout(file):
        print_below(live, 2)
    assert (tmp_path / "lines").read_text().splitlines() == ["out 0", "plain 0", "out 1", "plain 1", "done"]
    assert terminal.lines() == ["err 0", "err 1"]


def test_where_errors_are_for_a_file_nothing_is_live(terminal, live, tmp_path):
    with terminal, (tmp_path / "errors").open("w", encoding="utf-8") as file, redirect_stderr(file):
        print_below(live, 1)
    assert terminal.lines() == ["out 0", "plain 0", "done"]
    assert (tmp_path / "errors").read_text() == "err 0\n"


def test_where_there_is_no_terminal_nothing_is_live(live, capsys):
    print_below(live, 1)
    assert capsys.readouterr() == ("out 0\nplain 0\ndone\n", "err 0\n")
