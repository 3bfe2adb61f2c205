"""How slow a machine is found to be, and what that gives its students."""

import sys

import pytest

from cnngrader.kernel import machine


@pytest.fixture
def task(monkeypatch):
    """task(name, seconds): let a task take so much processor time."""
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    taken = {}
    monkeypatch.setattr(machine, "_best", lambda task: taken[task])
    monkeypatch.setattr(machine, "_network", lambda: "network")

    def set_(name: str, seconds: float) -> None:
        if name == "network":
            monkeypatch.setitem(sys.modules, "tensorflow", None)
        taken[machine._loop if name == "loop" else name] = seconds

    return set_


def test_the_reference_machine_is_not_slower_and_a_faster_one_takes_no_time_away(task):
    task("loop", machine.LOOP)
    assert machine.slower() == 1.0
    task("loop", machine.LOOP / 3)
    assert machine.slower() == 1.0


def test_what_is_slower_counts(task):
    task("loop", 1.5 * machine.LOOP)
    assert machine.slower() == 1.5
    task("network", 3.2 * machine.NETWORK)
    assert machine.slower() == 3.2
    task("network", machine.NETWORK)
    assert machine.slower() == 1.5


def test_a_machine_that_cannot_be_measured_is_told(task, capfd):
    with pytest.raises(SystemExit):
        machine.slower()
    assert "speed could not be measured" in capfd.readouterr().err


def test_the_tasks_compute_what_they_should():
    assert machine._loop() == pytest.approx(sum(
        kernel * ((row + i) * (column + j) % 7)
        for row in range(38) for column in range(38)
        for i, line in enumerate([(1, 0, -1), (2, 0, -2), (1, 0, -1)]) for j, kernel in enumerate(line)
    ))  # fmt: skip
