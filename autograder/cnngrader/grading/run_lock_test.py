import os
import signal
import subprocess
import sys

import pytest

from cnngrader.errors import UsageError
from cnngrader.grading.run_lock import RunLock

HOLD = """
import sys, time
from pathlib import Path
from cnngrader.grading.run_lock import RunLock
lock = RunLock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal" / "pooling.lock"


@pytest.fixture
def other(path):
    """Another process that holds the lock."""
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_process_is_refused_and_told_who_holds_it(path, other):
    with pytest.raises(UsageError, match=f"pooling is being graded already by process {other.pid} on "):
        RunLock(path)


def test_the_lock_of_a_killed_process_does_not_hold(path, other):
    os.kill(other.pid, signal.SIGKILL)
    other.wait()
    with RunLock(path):
        pass


def test_released_it_can_be_taken_again(path):
    with RunLock(path), pytest.raises(UsageError):
        RunLock(path)
    RunLock(path).release()
    RunLock(path).release()


def test_one_assignment_does_not_keep_out_another(path):
    with RunLock(path), RunLock(path.with_name("other.lock")):
        pass


def test_a_program_that_is_started_does_not_inherit_it(path):
    with RunLock(path):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    RunLock(path).release()
    child.communicate(b"\n")
