"""Notebooks that are in no course, as they come to office hours: single files, folders, archives."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cnngrader.collecting.handed_in import read_members
from cnngrader.collecting.inside import with_notebooks_named
from cnngrader.collecting.layouts.layout import is_notebook
from cnngrader.errors import UsageError
from cnngrader.files import read_content


@dataclass(frozen=True)
class LooseNotebook:
    """shown: where it is, for people. page: where its feedback is written."""

    shown: str
    content: bytes
    page: Path

    @property
    def stem(self) -> str:
        return self.page.name.removesuffix(ENDING)


ENDING = ".feedback.html"


def read_loose(paths: Sequence[Path]) -> list[LooseNotebook]:
    """Those named, each once. A page lies beside its notebook; for one in an archive, in the folder ARCHIVE.feedback
    beside that, as deep as the notebook.

    Raises UsageError for what is not there, cannot be read or holds no notebook.
    """
    found: dict[str, LooseNotebook] = {}
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} does not exist")
        if path.is_file() and is_notebook(path.name):
            made = [LooseNotebook(str(path), read_content(path), path.with_name(path.stem + ENDING))]
        else:
            made = _within(path)
        if not made:
            raise UsageError(f"{path} holds no notebook: nothing in it ends in .ipynb")
        found |= {notebook.shown: notebook for notebook in made}
    return list(found.values())


def _within(path: Path) -> list[LooseNotebook]:
    pages = path if path.is_dir() else path.with_name(f"{path.name}.feedback")
    members = with_notebooks_named([member.bounded() for member in read_members(path, None)])
    return [
        LooseNotebook(f"{path}/{member.name}".replace("//", "/"), member.content, _page(pages / member.name))
        for member in members
        if is_notebook(member.name) and not member.void
    ]


def _page(notebook: Path) -> Path:
    return notebook.with_name(notebook.stem + ENDING)
