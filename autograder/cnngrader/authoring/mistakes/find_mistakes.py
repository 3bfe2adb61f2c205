"""All mistakes of an assignment that can be seen without running it."""

from pathlib import Path

from cnngrader.assignment import Assignment
from cnngrader.authoring.mistakes.beside import find_wrong_files
from cnngrader.authoring.mistakes.code import find_code_that_cannot_run
from cnngrader.authoring.mistakes.lined_cell import Mistake, read_lined_cells
from cnngrader.authoring.mistakes.marks import find_wrong_marks
from cnngrader.authoring.mistakes.points import find_wrong_points
from cnngrader.authoring.mistakes.settings import find_wrong_settings
from cnngrader.authoring.release_digest import read_source
from cnngrader.authoring.rubric import Rubric
from cnngrader.errors import AuthorError


def refuse_mistakes(assignment: Assignment, rubric: Rubric) -> None:
    """Raises AuthorError, which tells each with file and line."""
    cells = read_lined_cells(read_source(assignment))
    marks = list(find_wrong_marks(cells))
    found = [*marks, *find_code_that_cannot_run(cells, assignment, rubric), *find_wrong_files(cells, assignment)]
    settings: list[str] = []
    if not marks:  # whose points would be unknown
        found += find_wrong_points(cells, rubric)
        settings = list(find_wrong_settings(assignment, cells, rubric))
    lines = [_told(assignment.source, mistake) for mistake in sorted(found)]
    lines += [_told(rubric.path, Mistake(line, _UNGRADED.format(name=name))) for name, line in rubric.ungraded()]
    lines += settings
    if lines:
        raise AuthorError("\n".join(lines))


_UNGRADED = "{name} is not marked @graded, so it gives no points. Mark it, or call a helper otherwise"


def _told(path: Path, mistake: Mistake) -> str:
    where = f":{mistake.line}" if mistake.line else ""
    return f"{path}{where}: {mistake.words}"
