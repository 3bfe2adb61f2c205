"""What is a notebook under another ending, or lies in a zip that a student handed in."""

import io
import json
import zipfile
from pathlib import PurePosixPath

from cnngrader.collecting.handed_in import BROKEN, Member
from cnngrader.collecting.layouts.layout import Owned, is_notebook
from cnngrader.files import is_junk
from cnngrader.stamp_file import SET_ASIDE, STAMP

MAX_UNPACKED = 200 * 2**20
MAX_FILES = 1000
MAX_RATIO = 200

_ENDINGS = (".ipynb.txt", ".ipynb.json", ".json")


def with_notebooks_named(entries: list[Member]) -> list[Member]:
    """Notebooks that a browser or a mail program called .ipynb.txt or .json, under .ipynb, unless that is there."""
    taken = {entry.name for entry in entries}
    found = []
    for entry in entries:
        ending = next((ending for ending in _ENDINGS if entry.name.lower().endswith(ending)), "")
        name = f"{entry.name[: -len(ending)]}.ipynb" if ending else ""
        if name and name not in taken and _is_notebook(entry.content):
            taken.add(name)
            entry = entry._replace(name=name)
        found.append(entry)
    return found


def with_zips_opened(files: list[Owned], id: str) -> list[Owned]:
    """In place of a student's own zip what it holds, where they handed in no notebook beside it.

    It is opened once: a zip in it stays one. One that is damaged, too large, or leads outside is passed over.
    """
    having = {(one.student, one.attempt) for one in files if not one.void and is_notebook(one.file)}
    found = []
    for one in files:
        zipped = one.file.lower().endswith(".zip") and not one.void and one.student
        if zipped and (one.student, one.attempt) not in having:
            found += _opened(one, id)
        else:
            found.append(one)
    return found


def _opened(one: Owned, id: str) -> list[Owned]:
    try:
        with zipfile.ZipFile(io.BytesIO(one.content)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            size = sum(info.file_size for info in members)
            if len(members) > MAX_FILES or size > min(MAX_UNPACKED, max(2**20, MAX_RATIO * len(one.content))):
                return [one._replace(void="a zip that would unpack to too much")]
            names = [PurePosixPath(info.filename.replace("\\", "/")) for info in members]
            if any(name.is_absolute() or ".." in name.parts for name in names):
                return [one._replace(void="a zip with a path outside itself")]
            entries = [
                Member(str(name), archive.read(info)).bounded()
                for name, info in zip(names, members, strict=True)
                if not is_junk(name) and info.external_attr >> 28 != 0xA  # a link
            ]
    except BROKEN as error:
        return [one._replace(void=f"a zip that cannot be opened ({error})")]
    tops = {entry.name.partition("/")[0] for entry in entries}
    if len(tops) == 1 and all("/" in entry.name for entry in entries):
        entries = [entry._replace(name=entry.name.partition("/")[2]) for entry in entries]
    inside = [_part(one, entry, id) for entry in with_notebooks_named(entries)]
    return inside or [one._replace(void="an empty zip")]


def _part(one: Owned, entry: Member, id: str) -> Owned:
    name = entry.name.removeprefix(f"{id}/")
    if name.startswith(STAMP):  # a student's own tells nothing
        name = name.replace(STAMP, SET_ASIDE, 1)
    return one._replace(file=name, content=entry.content, void=entry.void, exact=True).as_named(id)


def _is_notebook(content: bytes) -> bool:
    if b'"nbformat"' not in content:
        return False
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and isinstance(told.get("cells"), list)
