"""What is said of one thing that is needed, and of those that everybody needs."""

import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from cnngrader.installed import packages

GOOD, LESS, BAD = "good", "less", "bad"


@dataclass(frozen=True)
class Diagnosis:
    """state: good, less (works with less) or bad (does not work)."""

    subject: str
    state: str
    found: str
    remedy: str = ""


def diagnose_python() -> Diagnosis:
    supported = (3, 11) <= sys.version_info[:2] < (3, 14)
    remedy = "" if supported else "use Python 3.11 to 3.13"
    return Diagnosis("Python", GOOD if supported else BAD, platform.python_version(), remedy)


def diagnose_packages(extra: str = "") -> Iterator[Diagnosis]:
    """extra: whose packages are needed, too."""
    for name, version, problem, remedy in packages(extra):
        yield Diagnosis(name, BAD if problem else GOOD, f"{version} {problem}".strip(), remedy)
