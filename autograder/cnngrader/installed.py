"""Whether what cnnkit needs is installed whole."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement

from cnngrader.errors import INSTALL

GRADER = "grader"  # the extra of what grades

# What is not imported by the name that it is installed by.
_MODULES = {
    "markdown-it-py": "markdown_it",
    "pillow": "PIL",
    "pyyaml": "yaml",
    "pyzmq": "zmq",
    "scikit-image": "skimage",
    "scikit-learn": "sklearn",
}


def package_folders() -> list[Path]:
    """Where packages are that Python finds, also outside of its own folders, as by `pip install --target`: an installer
    leaves beside each what it knows of it."""
    return [Path(folder).resolve() for folder in sys.path if folder and any(Path(folder).glob("*.dist-info"))]


# Of each module named, a line as soon as it is imported: what went wrong, or nothing.
_IMPORT = """
import importlib, os, sys
told = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
        problem = ""
    except BaseException as error:
        problem = " ".join(f"{type(error).__name__}: {error}".split())
    print(problem, file=told, flush=True)
"""


class Package(NamedTuple):
    """problem: what is wrong with it, and its remedy; "" where it is right."""

    name: str
    version: str
    problem: str = ""
    remedy: str = ""


def needed(extra: str, package: str = "cnnkit") -> list[Requirement]:
    """What a package asks for, and one of its extras; "" for none. Raises PackageNotFoundError."""
    wanted = (Requirement(line) for line in requires(package) or [])
    return [one for one in wanted if one.marker is None or one.marker.evaluate({"extra": extra})]


def module_of(requirement: Requirement) -> str:
    """What is imported of it."""
    return _MODULES.get(requirement.name, requirement.name.replace("-", "_"))


def packages(extra: str) -> Iterator[Package]:
    """Each that is needed, imported in another process: an installation that was interrupted leaves the names of
    packages without their files."""
    found: list[tuple[Requirement, str]] = []
    for requirement in needed(extra):
        try:
            found.append((requirement, version(requirement.name)))
        except PackageNotFoundError:
            again = f"{sys.executable} -m pip install '{requirement.name}{requirement.specifier}'"
            yield Package(requirement.name, "", "not installed", INSTALL if extra else again)
    problems = _import([module_of(one) for one, _ in found])
    for (requirement, installed), problem in zip(found, problems, strict=True):
        if problem:
            problem = f"does not import ({problem})"
        elif not requirement.specifier.contains(installed, prereleases=True):
            problem = f"{requirement.specifier} is needed"
        again = f"{sys.executable} -m pip install --force-reinstall '{requirement.name}{requirement.specifier}'"
        yield Package(requirement.name, installed, problem, again if problem else "")


def _import(modules: Sequence[str]) -> Iterator[str]:
    """What goes wrong where each is imported; "" for nothing. What ends the process is told, and the others go on."""
    while modules:
        command = [sys.executable, "-P", "-c", _IMPORT, *modules]
        quiet = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            env=quiet,
        ) as child:
            assert child.stdout is not None
            count = 0
            for line in child.stdout:
                count += 1
                yield line.strip()
        modules = modules[count:]
        if modules:
            yield _ended(child.returncode)
            modules = modules[1:]


def _ended(status: int) -> str:
    if status == -signal.SIGILL:
        return "this processor lacks instructions that it is built for; TensorFlow's need AVX"
    return (
        f"its process was ended by {signal.Signals(-status).name}" if status < 0 else f"it ended with status {status}"
    )


def main() -> int:
    """Tell what is wrong, a line each; returns 1 where something is."""
    wrong = [package for package in packages(GRADER) if package.problem]
    for package in wrong:
        print(" ".join(package[:3]), file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
