"""When students' Git repositories were last changed."""

import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path


def last_commits(folder: Path) -> dict[str, datetime]:
    """{name: time of the last commit} of the Git repositories that lie in a folder.

    The time is the one that the student's computer wrote into the commit. A repository that cannot
    be read, or all of them where Git is not installed, are left out.
    """
    times = {}
    if git := shutil.which("git"):
        for path in sorted(folder.glob("*/.git")):
            if not path.is_symlink() and path.is_dir() and (time := _time(git, path)):
                times[path.parent.name] = time
    return times


def _time(git: str, repository: Path) -> datetime | None:
    """Asked of an empty repository that borrows the objects: Git never reads the student's own
    configuration, which can name programs for it to run."""
    commit = _head(repository)
    if not commit:
        return None
    with tempfile.TemporaryDirectory(prefix="cnnkit-") as scratch:
        ours = Path(scratch) / "ours"
        try:
            _run(git, "init", "--quiet", "--bare", "--template=", str(ours))
            borrowed = ours / "objects" / "info" / "alternates"
            borrowed.parent.mkdir(parents=True, exist_ok=True)
            borrowed.write_text(f"{(repository / 'objects').resolve()}\n", encoding="utf-8")
            seconds = _run(git, f"--git-dir={ours}", "log", "-1", "--no-show-signature", "--format=%ct", commit)
            return datetime.fromtimestamp(int(seconds), UTC)
        except (OSError, ValueError, OverflowError, subprocess.SubprocessError):
            return None


def _head(repository: Path) -> str:
    """The commit that is checked out: 40 hexadecimal digits, or ""."""
    try:
        said = (repository / "HEAD").read_text(encoding="utf-8").strip()
        if said.startswith("ref: refs/") and ".." not in said:
            name = said.removeprefix("ref: ")
            loose, packed = repository / name, repository / "packed-refs"
            lines = packed.read_text(encoding="utf-8").splitlines() if packed.is_file() else []
            of_packed = [line.split()[0] for line in lines if line.endswith(f" {name}")]
            said = loose.read_text(encoding="utf-8").strip() if loose.is_file() else (of_packed or [""])[0]
        return said if len(said) in (40, 64) and set(said) <= set("0123456789abcdef") else ""
    except (OSError, UnicodeDecodeError):
        return ""


def _run(*command: str) -> str:
    run = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", timeout=300, check=True)
    return run.stdout.strip()
