"""Several kernels on one graphics card, each with its share of the memory."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from cnngrader.kernel.ipython import GPU_MB

GPU = "GPU"  # the resource that a worker declares: dask worker --resources GPU=1
USABLE = 0.9  # of a card's memory; each process has a context beside its share
DRIVER = Path("/dev/nvidiactl")


def memory_of_a_kernel(kernels: int) -> dict[str, str]:
    """The environment that bounds a kernel's memory where so many share a card.

    0 kernels, and a machine without a card, hide every card: the notebook computes on the CPU.
    """
    if not kernels or not has_gpu():
        return {"CUDA_VISIBLE_DEVICES": "-1"}
    return {
        GPU_MB: str(int(_total_mb() * USABLE / kernels)),
        "XLA_PYTHON_CLIENT_MEM_FRACTION": f"{USABLE / kernels:.3f}",
    }


def has_gpu() -> bool:
    return DRIVER.exists()


def a_kernel_takes(workers: Mapping[str, Mapping[str, float]], kernels: int) -> dict[str, float]:
    """The resources of one task. workers: {address: resources}.

    Empty, so that the CPU does it, where no card is to be shared or no worker declares one.

    >>> a_kernel_takes({"tcp://a:1": {"GPU": 1.0}, "tcp://b:1": {}}, kernels=4)
    {'GPU': 0.25}
    >>> a_kernel_takes({"tcp://b:1": {}}, kernels=4)
    {}
    """
    cards = any(resources.get(GPU) for resources in workers.values())
    return {GPU: 1 / kernels} if kernels and cards else {}


def slots(threads: int, cards: float, takes: Mapping[str, float]) -> int:
    """How many kernels a worker runs at a time.

    >>> slots(threads=16, cards=1.0, takes={"GPU": 0.25}), slots(16, 0.0, {"GPU": 0.25}), slots(16, 0.0, {})
    (4, 0, 16)
    """
    return min(threads, round(cards / takes[GPU])) if takes else threads


def _total_mb() -> int:
    """The memory of the smallest card, in MiB."""
    command = ["nvidia-smi", "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
    said = subprocess.run(
        command, capture_output=True, encoding="utf-8", errors="replace", check=True, timeout=300
    ).stdout
    return min(int(line) for line in said.split())
