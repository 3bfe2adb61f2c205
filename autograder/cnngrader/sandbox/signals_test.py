"""Where the system keeps no process apart, seccomp keeps signals from others."""

import fcntl
import os
import signal
import sys
import traceback

import pytest

from cnngrader.sandbox import landlock, namespaces, seccomp
from cnngrader.sandbox.confine import Policy, confine, find_missing
from cnngrader.sandbox.limits import Limits
from cnngrader.sandbox.system import PR_SET_NO_NEW_PRIVS, prctl

pytestmark = pytest.mark.skipif(bool(find_missing()), reason="; ".join(find_missing()))


def in_child(work) -> None:
    """Run work() in a process of its own, which must end well."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0


def refused(call, *arguments) -> bool:
    try:
        call(*arguments)
    except PermissionError:
        return True
    return False


def signal_others_and_oneself() -> None:
    grader = os.getppid()
    heard = []
    signal.signal(signal.SIGUSR1, lambda *_: heard.append(1))
    os.kill(os.getpid(), signal.SIGUSR1)
    signal.raise_signal(signal.SIGUSR1)
    assert heard == [1, 1]
    reader, _ = os.pipe()
    others = [(os.kill, grader, 0), (os.kill, -1, 0), (os.kill, 0, 0)]
    others += [(fcntl.fcntl, reader, fcntl.F_SETOWN, grader), (fcntl.ioctl, reader, 0x8901, b"0000")]
    others += [(signal.pidfd_send_signal, os.pidfd_open(grader), 0)]
    assert [refused(*other) for other in others] == [True] * len(others)
    assert fcntl.fcntl(reader, fcntl.F_GETFL) == os.O_RDONLY
    idle = os.sched_param(0)
    scheduling = [(os.sched_setaffinity, grader, {0}), (os.sched_setscheduler, grader, os.SCHED_IDLE, idle)]
    assert [refused(*other) for other in scheduling] == [True] * len(scheduling)
    for itself in (0, os.getpid()):
        os.sched_setaffinity(itself, os.sched_getaffinity(0))


def test_no_signal_reaches_another_process():
    def work():
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        seccomp.restrict(signals=False)
        signal_others_and_oneself()

    in_child(work)


def test_an_older_landlock_without_namespaces_is_enough(monkeypatch, tmp_path):
    monkeypatch.setattr(landlock, "abi", lambda: 4)
    policy = Policy(tmp_path, limits=Limits(memory_mb=2048))

    def work():
        assert confine(policy)[-1] == "seccomp"
        signal_others_and_oneself()

    in_child(work)


def test_namespaces_that_cannot_be_mapped_are_not_entered(monkeypatch):
    """As AppArmor has it on Ubuntu: they can be made, and writing setgroups is refused."""

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(namespaces.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(namespaces.Path, "write_text", refuse)
    assert not namespaces.allowed.__wrapped__()
