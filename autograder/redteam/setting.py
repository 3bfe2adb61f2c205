"""As whom, and with what of confinement, a class of attacks is graded."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SOMEBODY = 54321  # the id of an ordinary user, who need not exist


@dataclass(frozen=True)
class Setting:
    """user: 0 for root. namespaces: whether the system allows them; where it does not, Landlock and seccomp stand
    alone, as in a container."""

    name: str
    user: int
    namespaces: bool

    def run(self, command: list[str], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        if not self.namespaces:
            command = [sys.executable, "-m", "redteam.without_namespaces", *command]
        become = {"user": self.user, "group": self.user, "extra_groups": []} if self.user != os.geteuid() else {}
        return subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            **become,
        )


def settings() -> list[Setting]:
    """Those that can be brought about here: root can be anybody who can read this Python installation."""
    users = [("an ordinary user", os.geteuid() or SOMEBODY)]
    if os.geteuid() == 0:
        users = [("root", 0), *(users if _can_run_python(SOMEBODY) else [])]
    return [
        Setting(f"{who}, {'with' if namespaces else 'without'} namespaces", user, namespaces)
        for who, user in users
        for namespaces in (True, False)
    ]


def _can_run_python(user: int) -> bool:
    try:
        subprocess.run([sys.executable, "-c", "import cnngrader"], user=user, group=user, extra_groups=[], check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True
