"""A zip of feedback pages, named as Canvas's "Upload Submissions" reads them.

`smithjane_4711_98765_mnist_cnn.html`: the first two parts of a name that are numbers are the student's and that of the
file that they handed in, or, after `anon`, the next two parts. The file's number stands in the zip that Canvas handed
out, and nowhere else. Canvas shows a page under the name of the file that was handed in. From canvas-lms's
app/models/abstract_assignment.rb.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from cnngrader.collecting.handed_in import Member
from cnngrader.collecting.layouts.canvas import Canvas
from cnngrader.collecting.layouts.layout import HandIn, Owned, is_notebook
from cnngrader.errors import UsageError


def read_names(path: Path) -> list[str]:
    """Of the files that Canvas handed out, in a zip or a folder. Raises UsageError where it is neither."""
    if path.is_dir():
        return sorted(file.name for file in path.rglob("*") if file.is_file())
    try:
        with zipfile.ZipFile(path) as archive:
            return [PurePosixPath(name).name for name in archive.namelist()]
    except zipfile.BadZipFile:
        raise UsageError(f"{path} is no zip: give the one that Canvas handed out") from None


def make_canvas_zip(pages: Mapping[str, bytes], handed_out: Iterable[str], file: str) -> tuple[bytes, list[str]]:
    """The zip, in which each page's name ends in `file`, and the students of whom Canvas handed out nothing.

    pages: {student: page}. handed_out: the names of its files. Raises UsageError where it names none of the students.
    """
    last = _last_notebooks(handed_out)
    if not pages.keys() & last.keys():
        raise UsageError(
            "none of its files is one of these students', as smithjane_4711_98765_hw.ipynb: give the zip that Canvas "
            "handed out, which was collected"
        )
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for student, page in pages.items():
            if one := last.get(student):
                archive.writestr(f"{one.given}_{one.number}_{file}", page)
    return sink.getvalue(), [student for student in pages if student not in last]


def _last_notebooks(names: Iterable[str]) -> dict[str, Owned]:
    """{student: what they handed in last}, a notebook where there is one."""
    layout = Canvas(HandIn([], ""))
    found: dict[str, Owned] = {}
    for name in names:
        for one in layout.owners(Member(name)) or ():
            former = found.get(one.student)
            if not one.void and (former is None or _rank(one) > _rank(former)):
                found[one.student] = one
    return found


def _rank(one: Owned) -> tuple[bool, int]:
    return is_notebook(one.file), one.number
