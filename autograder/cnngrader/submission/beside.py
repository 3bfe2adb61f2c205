"""What lies beside a notebook: the assignment's files and the student's own."""

from collections.abc import Mapping
from pathlib import PurePosixPath


def beside_notebook(given: Mapping[str, bytes], own: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[str]]:
    """(the files, {name: content}; a note on each of the student's own that could not be among them).

    given: the assignment's, which win where names are equal.

    >>> beside_notebook({"checks.py": b""}, {"checks.py/x": b"1", "mine.py": b"2"})
    ({'checks.py': b'', 'mine.py': b'2'}, ["left out the file 'checks.py/x': the assignment has another 'checks.py'"])
    """
    files, notes = dict(given), []
    folders = {str(folder) for name in given for folder in PurePosixPath(name).parents}
    for name, content in own.items():
        if name in given:
            continue
        above = next((str(folder) for folder in PurePosixPath(name).parents if str(folder) in given), "")
        if _is_text(name) and not above and name not in folders:
            files[name] = content
        else:
            reason = f"the assignment has another {above or name!r}" if _is_text(name) else "its name is not UTF-8"
            notes.append(f"left out the file {_shown(name)!r}: {reason}")
    return files, notes


def _is_text(name: str) -> bool:
    return name == _shown(name)


def _shown(name: str) -> str:
    """The name with a ? for each byte that is no character."""
    return name.encode("utf-8", "replace").decode()
