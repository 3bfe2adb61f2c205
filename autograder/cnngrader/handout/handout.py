"""A released assignment: its notebook, checks.py and what lies beside them."""

import tempfile
import urllib.error
import urllib.request
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit, urlunsplit
from zipfile import is_zipfile

from cnngrader.collecting.handed_in import MAX_TOTAL, Member, read_folder, read_zip
from cnngrader.did_you_mean import did_you_mean
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


class Handouts:
    """What is to be had at an address, which is read once.

    Args:
        address: a folder, a zip, or the URL of a zip, in which ID/ID.ipynb lies at any depth; "" is what is installed.

    Raises:
        UsageError: where there is no such thing.
    """

    def __init__(self, address: str = ""):
        self.origin = address or "the installed cnnkit"
        self._members = [member for member in _members(address) if not member.void]

    @property
    def ids(self) -> list[str]:
        paths = {PurePosixPath(member.name) for member in self._members}
        return sorted(path.stem for path in paths if path.suffix == ".ipynb" and path.with_name(CHECKS) in paths)

    def find(self, id: str, *, personal: str = "") -> Handout:
        """The assignment's files; personal: a student, whose own take the place of those that everybody gets. Raises
        UsageError where it is not there, saying what is."""
        id = normal(id)
        named = [path for member in self._members if (path := PurePosixPath(member.name)).name == f"{id}.ipynb"]
        if not named:
            meant = did_you_mean(id, self.ids)
            there = ", ".join(self.ids) or "none"
            raise UsageError(f"no assignment is called {id!r} in {self.origin}; there are: {there}{meant}")
        files = self._within(min(named, key=lambda path: len(path.parts)).parent)
        if CHECKS not in files:
            raise UsageError(f"{self.origin} has {id}.ipynb and no {CHECKS} beside it, so it is no release of {id}")
        return Handout(id, files | (self._own(personal, files) if personal else {}), self.origin)

    def _within(self, folder: PurePosixPath) -> dict[str, bytes]:
        paths = ((PurePosixPath(member.name), member.content) for member in self._members)
        return {path.relative_to(folder).as_posix(): content for path, content in paths if path.is_relative_to(folder)}

    def _own(self, student: str, files: Collection[str]) -> dict[str, bytes]:
        """A student's files: those in a folder of their name, which `cnnkit variant --to` has written."""
        wanted = student_id(student)
        own = {
            path.name: member.content
            for member in self._members
            if normal((path := PurePosixPath(member.name)).parent.name) == wanted and path.name in files
        }
        if not own:
            raise UsageError(
                f"{self.origin} has nothing for {student!r}. Is that the name that your course knows you by? Ask it "
                "for the address of the personal files, if there are some"
            )
        return own


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
            content: bytes = answer.read(MAX_TOTAL + 1)
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
