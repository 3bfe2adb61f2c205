"""A released assignment: its notebook, checks.py and what lies beside them."""

import io
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit, urlunsplit
from zipfile import is_zipfile

from cnngrader.collecting.handed_in import MAX_TOTAL, Member, read_folder, read_zip
from cnngrader.errors import UsageError
from cnngrader.ids import normal, student_id
from cnnkit.datasets.home import released_home

CHECKS = "checks.py"
SECONDS = 60.0  # for an address to answer


@dataclass(frozen=True)
class Handout:
    """files: {name: content}, the notebook `id`.ipynb among them. origin: where they are from, as a person says it."""

    id: str
    files: dict[str, bytes]
    origin: str


def find_handout(id: str, address: str = "", *, personal: str = "") -> Handout:
    """The assignment's files.

    Args:
        id: the assignment's.
        address: a folder, a zip, or the URL of a zip, in which ID/ID.ipynb lies at any depth; "" is what is installed.
        personal: a student, whose own files at the address take the place of those that everybody gets.

    Raises:
        UsageError: where it is not there, saying what is.
    """
    id, origin = normal(id), address or "the installed cnnkit"
    members = [member for member in _members(address) if not member.void]
    notebooks = sorted(
        (PurePosixPath(member.name) for member in members if member.name.endswith(f"{id}.ipynb")),
        key=lambda path: len(path.parts),
    )
    place = next((path.parent for path in notebooks if path.name == f"{id}.ipynb"), None)
    if place is None:
        raise UsageError(_not_there(id, members, origin))
    files = _within(members, place)
    if CHECKS not in files:
        raise UsageError(f"{origin} has {id}.ipynb and no {CHECKS} beside it, so it is no release of {id}")
    return Handout(id, files | (_own(members, personal, files, origin) if personal else {}), origin)


def find_assignments(address: str = "") -> list[str]:
    """The ids of what is to be had at an address."""
    return _ids(_members(address))


def _members(address: str) -> list[Member]:
    if not address:
        home = released_home()
        return list(read_folder(home)) if home.is_dir() else []
    if urlsplit(address).scheme in ("http", "https", "file"):
        with tempfile.NamedTemporaryFile(prefix="cnnkit-", suffix=".zip") as file:
            file.write(_download(address))
            file.flush()
            return list(_zipped(Path(file.name), address))
    path = Path(address).expanduser()
    if path.is_dir():
        return list(read_folder(path))
    if not path.exists():
        raise UsageError(f"{address} is not there: name a folder, a zip, or the address of one")
    return list(_zipped(path, address))


def _zipped(path: Path, address: str) -> Iterable[Member]:
    if not is_zipfile(path):
        raise UsageError(f"{address} is no zip of an assignment. Is it the address of the page that shows it?")
    return read_zip(path, None)


def _download(address: str) -> bytes:
    shown = urlunsplit(urlsplit(address)._replace(query=""))  # a query may hold a key
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:
            content = io.BytesIO(answer.read(MAX_TOTAL + 1)).getvalue()
    except urllib.error.HTTPError as error:
        error.close()
        raise UsageError(
            f"{shown} answered {error.code} {error.reason}. Is it the address that you were given?"
        ) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{shown} could not be reached ({getattr(error, 'reason', error)}). Are you online?") from None
    if len(content) > MAX_TOTAL:
        raise UsageError(f"{shown} is larger than {MAX_TOTAL >> 20} MiB, and no assignment")
    return content


def _within(members: Iterable[Member], place: PurePosixPath) -> dict[str, bytes]:
    found = {}
    for member in members:
        path = PurePosixPath(member.name)
        if path.is_relative_to(place):
            found[path.relative_to(place).as_posix()] = member.content
    return found


def _own(members: Iterable[Member], student: str, files: dict[str, bytes], origin: str) -> dict[str, bytes]:
    """A student's files: those in a folder of their name, which `cnnkit variant --to` has written."""
    wanted = student_id(student)
    own = {
        path.name: member.content
        for member in members
        if normal((path := PurePosixPath(member.name)).parent.name) == wanted and path.name in files
    }
    if not own:
        raise UsageError(
            f"{origin} has nothing for {student!r}. Is that the name that your course knows you by? Ask it for the "
            "address of the personal files, if there are some"
        )
    return own


def _ids(members: Iterable[Member]) -> list[str]:
    paths = {PurePosixPath(member.name) for member in members if not member.void}
    return sorted(path.stem for path in paths if path.suffix == ".ipynb" and path.with_name(CHECKS) in paths)


def _not_there(id: str, members: Iterable[Member], origin: str) -> str:
    there = _ids(members)
    near = get_close_matches(id, there, n=1)
    meant = f". Did you mean {near[0]}?" if near else ""
    return f"no assignment is called {id!r} in {origin}; there are: {', '.join(there) or 'none'}{meant}"
