"""What a widget shows goes to the kernel and back while the notebook waits for its cell."""

import nbformat

from cnngrader.kernel.run_notebook import run_notebook
from cnngrader.kernel.warm_kernel import WarmKernel
from cnngrader.sandbox.limits import Limits

LIMITS = Limits(cell_seconds=10, total_seconds=60, memory_mb=512)
SHOWN = "from ipywidgets import Output\nout = Output()\nwith out: print('inside')\nout"


def test_a_widgets_output_never_keeps_a_cell_from_ending(warm):
    """Of cells as these, one in a hundred never ended."""
    cells = [nbformat.v4.new_code_cell(source) for source in [SHOWN, "print('next')"] * 100]
    notebook = nbformat.v4.new_notebook(cells=cells)
    with WarmKernel(warm.address, LIMITS) as kernel:
        run = run_notebook(notebook, kernel, LIMITS)
    assert (run.ended, run.late) == ("", {})
    assert [cell.outputs[0].text for cell in cells[1::2]] == ["next\n"] * 100
