"""A course of one NumPy assignment, `window`, in which each secret holds a canary."""

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from cnngrader.authoring.scaffold import scaffold
from cnngrader.course import Course
from cnngrader.kernel.remove_folder import remove_folder
from redteam.accomplice import Accomplice
from redteam.attack import Attack, HandIn
from redteam.setting import Setting

ID = "window"
CNNKIT = [sys.executable, "-m", "cnngrader"]
LIMITS = """
[limits]
cell_seconds = 4
total_seconds = 12
memory_mb = 512
processes = 20
disk_mb = 64
file_mb = 32
output_mb = 0.2
outputs_mb = 1
"""
WRONG = "def window_mean(window):\n    return np.sum(window)"
HONEST = {"honest": 3.0, "wrong": 0.0}
"""Who else is in the class, with what is due to them."""


def _canary() -> str:
    return f"CANARY-{secrets.token_hex(8)}"


class MadeCourse:
    """In a folder of its own, owned by the setting's user; a context manager.

    root: the checkout. canaries: {what: a text that stands in it and nowhere else}.
    """

    def __init__(self, setting: Setting, accomplice: Accomplice):
        self.setting, self.accomplice = setting, accomplice
        self._folder = Path(tempfile.mkdtemp(prefix="redteam-"))
        self.root, self.temporary, home = (self._folder / name for name in ("staff", "tmp", "home"))
        for folder in (self.root, self.temporary, home, self.root / "stolen"):
            folder.mkdir()
        for folder in (self._folder, self.root):
            folder.chmod(0o755)
        (self.root / "stolen").chmod(0o777)
        self.canaries = {what: _canary() for what in "rubric solution neighbour environment shared notes".split()}
        self.shared = Path("/dev/shm", f"redteam-{secrets.token_hex(4)}")
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TMPDIR": str(self.temporary),
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "REDTEAM": self.canaries["environment"],
            "COLUMNS": "400",
            "KERAS_BACKEND": "numpy",  # nothing here needs TensorFlow, which the warm parent would load
        }
        self.course = Course(self.root, self.root / "course")
        self._author()

    def _author(self) -> None:
        (self.root / "solutions").mkdir()
        (self.root / "autograder" / "rubrics").mkdir(parents=True)
        scaffold(self.course, ID)
        assignment = self.course.assignment(ID)
        rubric = assignment.rubric.read_text(encoding="utf-8").replace(", points=", ", seconds=2, points=")
        assignment.rubric.write_text(f"{rubric}\n\nKEPT = {self.canaries['rubric']!r}\n", encoding="utf-8")
        source = assignment.source.read_text(encoding="utf-8")
        kept = f"    ### BEGIN SOLUTION\n    # {self.canaries['solution']}"
        assignment.source.write_text(source.replace("    ### BEGIN SOLUTION", kept), encoding="utf-8")
        settings = assignment.folder / "assignment.toml"
        settings.write_text(settings.read_text(encoding="utf-8").split("[limits]")[0] + LIMITS, encoding="utf-8")
        (self.root / "notes.txt").write_text(self.canaries["notes"], encoding="utf-8")
        self.shared.write_text(self.canaries["shared"], encoding="utf-8")
        self.give_to_user()

    def give_to_user(self) -> None:
        for path in (self._folder, *self._folder.rglob("*"), self.shared):
            os.chown(path, self.setting.user, self.setting.user, follow_symlinks=False)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A command of cnnkit's, by the setting's user, in the course."""
        return self.setting.run([*CNNKIT, *command], self.root, self.environment)

    def places(self) -> dict[str, str]:
        """What stands for @NAME@ in an attack."""
        return {
            "STAFF": str(self.root),
            "PID": str(os.getpid()),
            "PORT": str(self.accomplice.port),
            "SERVICE": self.accomplice.service,
            "DATAGRAMS": self.accomplice.datagrams,
            "SHARED": self.shared.name,
        }

    def collect(self, attacks: Iterable[Attack]) -> subprocess.CompletedProcess[str]:
        release = (self.root / "assignments" / ID / f"{ID}.ipynb").read_bytes()
        class_ = {attack.student: attack.hand_in(release, self.places()) for attack in attacks}
        class_ |= {name: self._honest(release, name) for name in HONEST}
        for name, hand_in in class_.items():
            folder = self.root / "inbox" / name
            folder.mkdir(parents=True)
            for file, content in {f"{ID}.ipynb": hand_in.data, **hand_in.files}.items():
                (folder / file).write_bytes(content)
            for link, target in hand_in.links.items():
                (folder / link).symlink_to(target)
        self.give_to_user()
        return self.run("collect", ID, "inbox")

    def _honest(self, release: bytes, name: str) -> HandIn:
        answer = f'"""{self.canaries["neighbour"]}"""\n' if name == "honest" else WRONG
        cells = (("answer", answer),) if name == "wrong" else (("", answer),)
        return Attack("honest", name, "", None, cells).hand_in(release, self.places())

    def left(self) -> list[str]:
        """Processes and files that a run has left: those who had its folder for temporary files."""
        found = [str(path) for path in self.temporary.iterdir()]
        mark = f"TMPDIR={self.temporary}".encode()
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (process / "environ").read_bytes():
                    found.append(f"process {process.name}: {(process / 'cmdline').read_bytes()[:80]!r}")
            except OSError:
                continue
        return found + [str(path) for path in (self.root / "stolen").iterdir()]

    def __enter__(self) -> "MadeCourse":
        return self

    def __exit__(self, *_: object) -> None:
        self.shared.unlink()
        remove_folder(self._folder)
