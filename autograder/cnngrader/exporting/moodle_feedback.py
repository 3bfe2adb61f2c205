"""A zip of feedback pages, named as Moodle's "Upload multiple feedback files in a zip" reads them.

The first four parts between `_` of a folder's name say whose a file is: `Jane Smith_4711_assignfeedback_file`, of which
Moodle reads the number. From Moodle's mod/assign/feedback/file/importziplib.php.
"""

import io
import re
import zipfile
from collections.abc import Mapping

from cnngrader.errors import UsageError
from cnngrader.roster.roster import Roster


def called_in_moodle(student: str, roster: Roster) -> str:
    """NAME_NUMBER, where the roster knows the number; else as the student is called."""
    one = roster.students.get(student)
    return f"{one.called or one.id}_{one.moodle}" if one and one.moodle else student


def make_moodle_zip(pages: Mapping[str, bytes], file: str) -> tuple[bytes, list[str]]:
    """The zip, in which each page is called `file`, and the students whom Moodle's number is not known of.

    pages: {student: page}. Raises UsageError where no number is known, or one is two students'.
    """
    found = {student: re.fullmatch(r"(.*)_(\d+)(?:~[0-9a-f]{8})?", student, re.DOTALL) for student in pages}
    numbers = [match[2] for match in found.values() if match]
    if twice := [student for student, match in found.items() if match and numbers.count(match[2]) > 1]:
        raise UsageError(f"one number of Moodle's for several students: {', '.join(twice)}. Give --student for one")
    if not numbers:
        raise UsageError("no student is called NAME_NUMBER, as Moodle's zip of submissions calls them")
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for student, match in found.items():
            if match:
                name = match[1].replace("_", " ")
                archive.writestr(f"{name}_{match[2]}_assignfeedback_file/{file}", pages[student])
    return sink.getvalue(), [student for student, match in found.items() if not match]
