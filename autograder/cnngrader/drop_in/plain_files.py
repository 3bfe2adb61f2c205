"""The files in a folder that others have filled."""

from pathlib import Path


def plain_files(folder: Path) -> list[tuple[str, Path]]:
    """(name, path) of the files in a folder; links and what is no file are left out."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return [(str(path.relative_to(folder)), path) for path in paths]
