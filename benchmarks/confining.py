"""What confinement costs a submission: a kernel that is confined against one that is not, in turn, from its start to
its end, with one cell. Claim: at most 50 ms."""

import statistics
import time

import nbformat

from cnngrader.kernel.run_notebook import run_notebook
from cnngrader.kernel.warm_kernel import WarmKernel
from cnngrader.kernel.warm_parent import WarmParent
from cnngrader.sandbox.limits import Limits

PAIRS = 40
CLAIM_MS = 50


def run_one(parent: WarmParent, *, confined: bool) -> float:
    """Milliseconds by the clock on the wall."""
    begun = time.perf_counter()
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    with WarmKernel(parent.address, Limits(), confined=confined) as kernel:
        run_notebook(notebook, kernel, Limits())
    assert notebook.cells[0].outputs[0].data["text/plain"] == "2"
    return 1000 * (time.perf_counter() - begun)


def main() -> None:
    with WarmParent(["numpy"]).wait() as parent:
        run_one(parent, confined=True)
        pairs = [(run_one(parent, confined=True), run_one(parent, confined=False)) for _ in range(PAIRS)]
    confined, free = (statistics.median(times) for times in zip(*pairs, strict=True))
    cost = statistics.median(one - other for one, other in pairs)
    print(f"a kernel with one cell, median of {PAIRS}: {confined:.0f} ms confined, {free:.0f} ms not")
    print(f"confinement: {cost:.0f} ms a submission, of {CLAIM_MS} that are claimed at most")


if __name__ == "__main__":
    main()
