"""What counts as a submission's own time, and what is the machine's."""

import os
import subprocess
import sys

import pytest

from cnngrader.kernel import processes
from cnngrader.kernel.clock import LAG, LATE, LOOK, WALL, Clock, Deadline, Patience, Time, Usage, usage

KERNEL, CHILD = 100, 200


class Machine:
    """Processes that run, sleep and wait as they are told, and a clock that looks at them."""

    def __init__(self, threads: int = 1, slower: float = 1.0, *, tells_waiting: bool = True):
        self.now, self.ended = 1000.0, 0.0
        self.ran, self.waited = {KERNEL: 0.0}, {KERNEL: 0.0}
        self.tells_waiting = tells_waiting
        self.clock = Clock(threads, slower, usage=self.usage, now=lambda: self.now)

    def usage(self) -> Usage:
        return Usage(dict(self.ran), self.ended, dict(self.waited) if self.tells_waiting else None)

    def passes(self, seconds: float, ran: dict[int, float] = {}, waited: dict[int, float] = {}) -> "Machine":  # noqa: B006
        """Some seconds, of which each process ran and waited such a part, in steps of a quarter second."""
        for _ in range(round(seconds * 4)):
            self.now += 0.25
            for process, share in ran.items():
                self.ran[process] = self.ran.get(process, 0.0) + share / 4
            for thread, share in waited.items():
                self.waited[thread] = self.waited.get(thread, 0.0) + share / 4
            self.clock.read()
        return self

    @property
    def own(self) -> float:
        return self.clock.read().own


def test_running_and_sleeping_count():
    assert Machine().passes(5, ran={KERNEL: 1}).own == pytest.approx(5)
    assert Machine().passes(5).own == pytest.approx(5), "nobody kept it from anything"
    assert Machine().passes(5, ran={KERNEL: 0.3}).own == pytest.approx(5)


def test_a_pause_of_the_machine_hardly_counts():
    """A lid that is closed, a virtual machine that is moved: nobody has run, and nobody has waited."""
    for tells_waiting in (True, False):
        machine = Machine(tells_waiting=tells_waiting).passes(2, ran={KERNEL: 1})
        machine.now += 3600
        shown = machine.clock.read()
        assert shown.own <= 2 + LATE and shown.wall <= 2 + LATE
        assert machine.passes(5, ran={KERNEL: 1}).own == pytest.approx(shown.own + 5), "and it goes on"


def test_what_ran_while_nobody_looked_counts():
    machine = Machine()
    machine.now += 20
    machine.ran[KERNEL] += 20
    assert machine.own == pytest.approx(20)


def test_waiting_for_a_core_does_not_count():
    machine = Machine().passes(9, ran={KERNEL: 1 / 9}, waited={KERNEL: 8 / 9})
    assert machine.own == pytest.approx(1)
    assert machine.clock.read().wall == 9


def test_a_wait_that_linux_tells_late_is_not_counted_either():
    """Of a thread that waits for its core nothing is told before it has it."""
    machine, seconds = Machine(), 4
    for _ in range(10):
        machine.passes(seconds)
        machine.passes(0.25, waited={KERNEL: (seconds + 0.25) * 4})
        machine.passes(0.25, ran={KERNEL: 1})
    assert machine.own == pytest.approx(10 * 0.25, abs=seconds)


def test_what_threads_waited_for_at_once_is_no_credit_for_sleep():
    machine = Machine().passes(100, ran={KERNEL: 1}, waited=dict.fromkeys(range(64), 1))
    assert machine.passes(100).own == pytest.approx(200, abs=LAG)


@pytest.mark.parametrize("load", [0, 0.5, 0.9])
def test_what_several_processes_run_counts_alike_beside_any_load(load):
    """Four that would each take 5 s, of which two have a core at a time."""
    share = 0.5 * (1 - load)
    ran, waited = dict.fromkeys(range(4), share), dict.fromkeys(range(4), 1 - share)
    assert Machine().passes(5 / share, ran, waited).own == pytest.approx(20)
    assert Machine(threads=2).passes(5 / share, ran, waited).own == pytest.approx(10)


def test_threads_that_a_program_leaves_unused_do_not_slow_its_clock():
    assert Machine(threads=8).passes(5, ran={KERNEL: 1}).own == pytest.approx(5)


def test_spinning_threads_that_wait_for_each_other_do_not_stop_it():
    machine = Machine().passes(10, ran={KERNEL: 2}, waited=dict.fromkeys(range(64), 62 / 64))
    assert machine.own == pytest.approx(20), "two cores of processor time, where it may use one"


def test_what_children_ran_counts_when_they_have_ended():
    machine = Machine(tells_waiting=False).passes(4, ran={CHILD: 1})
    machine.ended += machine.ran.pop(CHILD)
    assert machine.passes(1).own == pytest.approx(4)


def test_children_that_nobody_waits_for_hide_nothing_of_what_others_run():
    machine = Machine(tells_waiting=False).passes(4, ran={CHILD: 1})
    del machine.ran[CHILD]
    assert machine.passes(2, ran={KERNEL: 1}).own == pytest.approx(6)


def test_where_linux_tells_no_waiting_processor_time_counts_and_the_clock_on_the_wall():
    machine = Machine(tells_waiting=False).passes(8, ran={KERNEL: 0.25})
    assert machine.own == pytest.approx(2)
    assert Time(own=2.0, wall=8.0).counted == 2.0
    assert Time(own=0.0, wall=80.0).counted == 80 / WALL


def test_on_a_slower_machine_both_clocks_go_slower():
    machine = Machine(slower=2.5).passes(5, ran={KERNEL: 1})
    assert machine.own == pytest.approx(2)
    assert machine.clock.read().wall == pytest.approx(2)


def test_a_deadline_passes_by_its_own_clock_or_long_after_by_that_on_the_wall():
    for now, words in [
        (Time(4.9, 20.0), ""),
        (Time(5.0, 20.0), "2 s of its own time"),
        (Time(3.0, 24.9), ""),
        (Time(3.0, 25.0), "10 times its 2 s by the clock on the wall"),
    ]:
        shown = [Time(own=3.0, wall=5.0)]
        deadline = Deadline(lambda shown=shown: shown[-1], 2.0)
        shown.append(now)
        assert deadline.passed() == bool(words)
        assert not words or deadline.spent().words(2.0) == words


def test_who_looks_late_has_waited_himself_and_the_submission_perhaps_for_him():
    seconds = [0.0]
    deadline = Deadline(lambda: Time(seconds[0], seconds[0]), 2.0, now=lambda: seconds[0])
    seconds[0] = 9.0
    assert not deadline.passed()
    assert deadline.spent() == Time(LOOK, 9.0)
    seconds[0] += LOOK
    assert deadline.passed(), "the next look comes when it should"
    seconds[0] = 30.0
    assert deadline.spent().own >= 9.0 + LOOK, "nothing is taken back"


def test_patience_is_not_used_up_by_a_wait_that_linux_has_not_told_yet():
    """A thread that has waited 20 s for its core looks as if it slept until it has it."""
    for counts, passed in [(Deadline, True), (Patience, False)]:
        machine = Machine(threads=2)
        asked = counts(machine.clock.read, 3.0, now=lambda machine=machine: machine.now)
        assert [asked.passed() for _ in range(80) if machine.passes(0.25)][-1] == passed
    machine.passes(2, ran={KERNEL: 1, CHILD: 1})
    assert asked.passed(), "each of the cores on which they ran counts"


def test_patience_with_who_sleeps_ends_by_the_clock_on_the_wall():
    machine = Machine()
    asked = Patience(machine.clock.read, 3.0, now=lambda: machine.now)
    assert not [asked.passed() for _ in range(4 * 29) if machine.passes(0.25)][-1]
    assert [asked.passed() for _ in range(4 * 2) if machine.passes(0.25)][-1]


LOOKS = """
import os, subprocess, sys, time
from cnngrader.kernel.clock import usage
busy = "import time\\nwhile time.process_time() < 0.2: pass"
subprocess.run([sys.executable, "-c", busy])
ended = usage()
with subprocess.Popen([sys.executable, "-c", busy + "\\nprint(flush=True); input()"], stdin=-1, stdout=-1) as child:
    child.stdout.readline()
    alive = usage()
    child.stdin.close()
print(ended.ran == {}, ended.ended >= 0.2, list(alive.ran) == [child.pid], alive.ran[child.pid] >= 0.15)
print(alive.waited is None or child.pid in alive.waited)
"""


def test_linux_tells_what_processes_have_run():
    done = subprocess.run([sys.executable, "-c", LOOKS], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"True"}, done.stdout


def test_of_a_process_that_has_ended_nothing_is_told():
    nobody = 2**22 + 1
    assert processes.processor_seconds(nobody) == processes.children_seconds(nobody) == 0.0
    assert processes.waited_seconds(nobody) == {}
    assert os.getpid() not in usage().ran
