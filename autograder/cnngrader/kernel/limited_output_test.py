"""However a kernel puts it out, no more than the limit of it is kept."""

from dataclasses import replace

import nbformat
import pytest
from nbclient import NotebookClient

from cnngrader.kernel.limited_output import LimitedOutput
from cnngrader.kernel.run_notebook import Run, run_notebook
from cnngrader.kernel.warm_kernel import WarmKernel
from cnngrader.ordinary.confined_execute import ConfinedExecute
from cnngrader.sandbox.limits import Limits

LIMITS = Limits(cell_seconds=10, total_seconds=20, output_mb=0.1)
SEND = """
from IPython import get_ipython
from IPython.display import display
kernel = get_ipython().kernel
def send(kind, **content):
    kernel.send_response(kernel.iopub_socket, kind, content)
long = "x" * 300_000
"""
MESSAGES = {
    "stream": "send('stream', name='stdout', text=long)",
    "data": "send('display_data', data={'text/plain': long}, metadata={})",
    "metadata": "send('display_data', data={}, metadata={'a': long})",
    "traceback": "send('error', ename='E', evalue='v', traceback=[long])",
    "update": "display('a', display_id='d')\nsend('update_display_data', data={'text/plain': long}, metadata={},"
    " transient={'display_id': 'd'})",
    "places": "for _ in range(300): display('a', display_id='d')\nsend('update_display_data',"
    " data={'text/plain': long[:9000]}, metadata={}, transient={'display_id': 'd'})",
    "number of a cell": "send('execute_input', code='', execution_count=long)",
    "number of a state": "send('status', execution_state='busy', execution_count=long)",
}


def run(warm, *cells: str, limits: Limits = LIMITS):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    with WarmKernel(warm.address, limits) as kernel:
        done = run_notebook(notebook, kernel, limits)
    return notebook, done


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES)
def test_no_message_passes_by(warm, message):
    notebook, done = run(warm, SEND + message, "print('the next cell')")
    assert len(nbformat.writes(notebook)) < 100_000 + 50_000
    assert done.ended == ""
    assert notebook.cells[1].outputs[0].text == "the next cell\n"
    if "execution_count" not in message:
        assert done.errors == {0: "the output went past its limit"}
        assert "went past 0.1 MB" in str(notebook.cells[0].outputs)


def test_what_is_within_the_limit_is_kept_whole(warm):
    cell = f"{SEND}{MESSAGES['data']}\n{MESSAGES['traceback']}\n{MESSAGES['update']}"
    notebook, done = run(warm, cell, limits=replace(LIMITS, output_mb=1.0))
    assert done.errors == {0: "E: v"}
    assert [output.output_type for output in notebook.cells[0].outputs] == ["display_data", "error", "display_data"]
    assert len(notebook.cells[0].outputs[2].data["text/plain"]) == 300_000


def test_a_cell_that_goes_on_is_interrupted_and_the_limit_is_told(warm):
    notebook, done = run(warm, f"{SEND}{MESSAGES['stream']}\nwhile True: pass", "print('the next cell')")
    assert done == Run(last_cell=1, errors={0: "the output went past its limit"})
    assert notebook.cells[1].outputs[0].text == "the next cell\n"


def test_of_all_cells_together_no_more_is_kept_and_none_is_interrupted(warm):
    cells = ["print('x' * 60_000)\ndone = 1"] * 4 + [
        "print(done + 1)",
        f"{SEND}send('error', ename='E', evalue='v', traceback=[long[:50_000]])",
    ]
    notebook, done = run(warm, *cells, limits=replace(LIMITS, outputs_mb=0.13))
    assert 120_000 < len(nbformat.writes(notebook)) < 140_000
    texts = ["".join(output.get("text", "") for output in cell.outputs) for cell in notebook.cells]
    assert [("went past 0.13 MB" in text) for text in texts] == [False, False, True, True, False, True]
    assert texts[4] == "2\n", "each may still print a little"
    assert notebook.cells[5].outputs[-1] == {
        "output_type": "error", "ename": "E", "evalue": "v", "traceback": ["E: v"]
    }  # fmt: skip
    assert done.errors == {5: "E: v"}


def test_each_notebook_begins_anew(monkeypatch):
    monkeypatch.setattr(NotebookClient, "process_message", lambda self, msg, cell, index: cell)
    client = LimitedOutput(nbformat.v4.new_notebook())
    client.output_mb = client.outputs_mb = 0.0001
    message = {"msg_type": "stream", "content": {"name": "stdout", "text": "x" * 50}}
    for _ in range(3):
        assert client.process_message(message, nbformat.v4.new_code_cell(), 0) is not None
        client.reset_execution_trackers()


def test_nbgraders_executor_is_limited_too():
    assert ConfinedExecute.process_message is LimitedOutput.process_message is not NotebookClient.process_message
