"""The table tells the truth."""

import io

from rich.console import Console

from cnngrader.commands.live_table import LiveTable, pace


def shown(table: LiveTable) -> str:
    console = Console(file=io.StringIO(), width=100)
    console.print(table)
    return console.file.getvalue()


def test_done_running_and_waiting_make_the_total_and_the_slowest_come_first():
    table = LiveTable(10, lambda: {"[bold]ana": 61.0, "ben": 2.0}, "dashboard: http://127.0.0.1:8787")
    for _ in range(3):
        table.step()
    text = shown(table)
    assert all(part in text for part in ("3 done", "2 running", "5 waiting", "dashboard: http", "61 s"))
    assert text.index("[bold]ana") < text.index("ben")


def test_the_pace_is_told_once_one_is_done():
    table = LiveTable(10, dict)
    assert pace(table, 30.0) == ""
    for _ in range(4):
        table.step()
    assert pace(table, 60.0) == "4.0 a minute, 1:30 left"
