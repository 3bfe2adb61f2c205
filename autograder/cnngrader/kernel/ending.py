"""How a kernel came to its end, in words for student and staff."""

from cnngrader.kernel.warm_kernel import LOST, WarmKernel
from cnngrader.sandbox.confine import Limits


def how_it_ended(kernel: WarmKernel, limits: Limits) -> tuple[str, str]:
    """(why, the words): "memory", "processes" or "disk" where that limit was passed, else what the keeper said."""
    ending = kernel.ending() or LOST
    why, code = str(ending["why"]), ending["exit"]
    bounds = {"memory": f"{limits.memory_mb} MB", "processes": limits.processes, "disk": f"{limits.disk_mb} MB"}
    if why in bounds:
        words = f"the notebook used more {why} than it may ({bounds[why]})"
    elif isinstance(code, int) and code < 0:
        words = f"the notebook's process was ended by signal {-code}"
    else:
        words = f"the notebook's process ended with status {code}"
    left = ", ".join(map(str, ending["left"]))
    return why, f"{words}, and left processes that could not be ended ({left})" if left else words
