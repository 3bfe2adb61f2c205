"""`cnnkit init`: a repository for a course of one's own, which depends on the installed kit."""

from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from cnngrader.authoring.scaffold import scaffold
from cnngrader.course import Course
from cnngrader.errors import UsageError
from cnngrader.files import write_whole

FIRST = "window_means"
"""Its first assignment."""

TEMPLATES = {
    "course.toml": "course.toml",
    "gitignore": ".gitignore",
    "readme.md": "README.md",
    "requirements.txt": "requirements.txt",
    "verify.yml": ".github/workflows/verify.yml",
}


def new_course(folder: Path) -> list[Path]:
    """Write a course into this folder; returns its files. Raises UsageError where something is in it already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already, and not empty; name a new folder")
    written = []
    for name, target in TEMPLATES.items():
        text = (files("cnngrader.authoring") / "new_course" / f"{name}.txt").read_text(encoding="utf-8")
        path = folder / target
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.replace("VERSION", version("cnnkit")))
        written.append(path)
    return [*written, *scaffold(Course(folder, folder / "course"), FIRST)]
