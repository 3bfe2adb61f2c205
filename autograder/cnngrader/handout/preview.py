"""What the grader will see of a notebook: the saved file, run anew within its limits, and asked by the public tests."""

from cnngrader.handout.hand_in import HandIn
from cnngrader.handout.lay_out import release_of
from cnngrader.kernel.warm_parent import WarmParent
from cnngrader.sandbox.confine import find_missing
from cnngrader.submission.grade import grade
from cnngrader.submission.imports import modules_in
from cnngrader.submission.job import Job
from cnngrader.submission.read_notebook import read_notebook
from cnngrader.submission.verdict import Verdict
from cnnkit.datasets.home import data_home


def run_hand_in(hand_in: HandIn) -> Verdict:
    """The verdict of the public tests, by the grader's own way: repaired, run anew, and asked from another process.

    Only what the assignment gives lies beside the notebook. Linux alone has such kernels.
    """
    checks = hand_in.checks
    job = Job(
        student="you",
        assignment=checks.assignment,
        notebook=hand_in.data,
        template=_template(hand_in),
        rubric=checks.text,
        files=hand_in.given(),
        readable=tuple(str(data_home() / dataset) for dataset in checks.datasets),
        limits=hand_in.limits,
        confined=not find_missing(),
    )
    with WarmParent(_modules(hand_in), checks.datasets).wait() as parent:
        return grade(job, parent.address)


def _template(hand_in: HandIn) -> bytes:
    """The released notebook, where the one of this release is installed; else the student's own."""
    if hand_in.released is None:
        return hand_in.data
    notebook = hand_in.released.files[f"{hand_in.released.id}.ipynb"]
    return notebook if release_of(notebook.decode()) == hand_in.checks.release else hand_in.data


def _modules(hand_in: HandIn) -> list[str]:
    cells = read_notebook(hand_in.data).cells
    return modules_in("\n".join(cell.source for cell in cells if cell.cell_type == "code"))
