"""The learning platforms whose own files are filled with totals."""

from cnngrader.assignment import Assignment
from cnngrader.exporting.canvas_gradebook import CanvasGradebook
from cnngrader.exporting.fill import Filled, fill
from cnngrader.exporting.lms_file import LmsFile
from cnngrader.exporting.moodle_worksheet import MoodleWorksheet
from cnngrader.exporting.scores import Scores
from cnngrader.exporting.sheet import Sheet

PLATFORMS: dict[str, type[LmsFile]] = {"canvas": CanvasGradebook, "moodle": MoodleWorksheet}


def fill_file(
    platform: str,
    content: bytes,
    name: str,
    assignment: Assignment,
    scores: Scores,
    *,
    column: str = "",
    missing_as_zero: bool = False,
) -> Filled:
    """The file `name` that a platform exported, filled with the totals of an assignment.

    column: the title of the one to fill, where it is neither the assignment's title nor its id.
    """
    titles = [column] if column else [assignment.title, assignment.id]
    file = PLATFORMS[platform](Sheet(content, name))
    return fill(file, scores, titles, missing_as_zero=missing_as_zero)
