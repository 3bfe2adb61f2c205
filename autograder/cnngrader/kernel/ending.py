"""How a kernel came to its end, in words for student and staff."""

from cnngrader.kernel.protocol import LOST, Why
from cnngrader.kernel.warm_kernel import WarmKernel
from cnngrader.kernel.watch import THREADS
from cnngrader.sandbox.limits import Limits


def how_it_ended(kernel: WarmKernel, limits: Limits) -> tuple[Why, str]:
    """(why, the words)."""
    ending = kernel.ending() or LOST
    why, code = ending.why, ending.exit
    bounds = {
        Why.MEMORY: f"{limits.memory_mb} MB",
        Why.PROCESSES: f"{limits.processes}, and {THREADS * limits.processes} threads",
        Why.DISK: f"{limits.disk_mb} MB",
    }
    if why in bounds:
        words = f"the notebook used more {why} than it may ({bounds[why]})"
    elif code is not None and code < 0:
        words = f"the notebook's process was ended by signal {-code}"
    else:
        words = f"the notebook's process ended with status {code}"
    left = ", ".join(map(str, ending.left))
    return why, f"{words}, and left processes that could not be ended ({left})" if left else words
