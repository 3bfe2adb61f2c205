"""What a verdict depends on besides the rubric's tests: where all of it is as it was, the verdict holds."""

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.machinery import PathFinder
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions, version
from pathlib import Path

from packaging.requirements import Requirement

import cnngrader
import cnnkit
from cnngrader.assignment import Assignment
from cnngrader.installed import package_folders
from cnngrader.kernel.warm_parent import DECIDING
from cnngrader.submission.imports import imported_modules
from cnngrader.submission.job import Job
from cnngrader.submission.status import Status
from cnnkit.check.codec import encode
from cnnkit.datasets.home import data_home, networks_home

JUDGING = ("pytest", "nbclient", "nbformat")
"""Packages of the grader's own that have a say in a verdict, beside all that `cnnkit` requires."""
NO_SAY = {"jupyterlab"}
"""What `cnnkit` requires and no notebook can see."""
_GRADES = ("kernel", "submission", "sandbox")


def key_of(job: Job, surroundings: str = "", status: Status = Status.GRADED) -> str:
    """A hash of the submission, the release, the limits and what it is graded with (`surroundings`).

    How many cores were free changes no score, but where a submission ran out of time: that is its `status`.
    """
    digest = hashlib.sha256()
    limits = repr(job.limits if status == Status.TIMEOUT else replace(job.limits, threads=1))
    parts: list[str | bytes] = [
        job.student,
        job.assignment,
        job.notebook,
        job.template,
        job.draw,
        limits,
        encode(job.variant),
        repr((job.confined, [Path(path).name for path in job.readable])),
        surroundings,
    ]
    for name, content in sorted(job.files.items()):
        parts += [name, content]
    for data in (part if isinstance(part, bytes) else part.encode() for part in parts):
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


class Surroundings:
    """What a run grades an assignment with. gpu_share: how many share a graphics card; 0 on the CPU."""

    def __init__(self, assignment: Assignment, gpu_share: int = 0):
        self._datasets = assignment.datasets
        self._known: dict[str, str] = {}
        imported = _imports([assignment.source, assignment.rubric])
        self._same = f"{machinery(imported)}, kernels a gpu: {gpu_share}"

    def __str__(self) -> str:
        """It is another once a data set has been prepared that was not there before."""
        for name in self._datasets:
            folder = data_home() / name
            if name not in self._known and folder.is_dir():
                self._known[name] = _digest(_files(folder))
        return ", ".join([self._same, *(f"{name} {self._known.get(name)}" for name in self._datasets)])


def machinery(modules: Iterable[str]) -> str:
    """What any notebook is graded with: Python, the kit, packages, and what these modules bring."""
    variables = [f"{name}={os.environ[name]}" for name in DECIDING if name in os.environ]
    return ", ".join(["python {}.{}".format(*sys.version_info), kit(), *_versions(), *_further(modules), *variables])


@cache
def kit() -> str:
    """The digest of all code of the kit's that has a say in a verdict, and of its trained networks.

    The same in a checkout and where it is installed, and for as long as the process lives, which goes on with
    the code that it has loaded.
    """
    library, grader = Path(cnnkit.__file__).parent, Path(cnngrader.__file__).parent
    places = {"cnnkit": library, "cnnkit/networks": networks_home(), **{name: grader / name for name in _GRADES}}
    return _digest({f"{root}/{name}": path for root, place in places.items() for name, path in _files(place).items()})


@cache
def grader() -> str:
    """The digest of all code of the grader's, whether it has a say in a verdict or not."""
    return _digest(_files(Path(cnngrader.__file__).parent))


def _files(place: Path) -> dict[str, Path]:
    """{name: path} of a file, or of all in a folder but tests, caches and what is hidden."""
    names = (
        {path.relative_to(place): path for path in place.rglob("*")} if place.is_dir() else {Path(place.name): place}
    )
    return {
        str(name): path
        for name, path in names.items()
        if path.is_file()
        and not any(part.startswith(".") or part == "__pycache__" for part in name.parts)
        and not name.name.endswith("_test.py")
        and name.name != "conftest.py"
    }


def _digest(files: Mapping[str, Path]) -> str:
    found = hashlib.sha256()
    for name, path in sorted(files.items()):
        found.update(f"{name}\0".encode(errors="surrogateescape"))
        with path.open("rb") as file:
            found.update(hashlib.file_digest(file, "sha256").digest())
    return found.hexdigest()


@cache
def _versions() -> tuple[str, ...]:
    """Of what the kit requires, and of what that requires."""
    found: dict[str, str] = {}
    waiting = ["cnnkit", *JUDGING]
    while waiting:
        name = waiting.pop()
        if name in found or name in NO_SAY:
            continue
        try:
            package = distribution(name)
        except PackageNotFoundError:
            found[name] = "none"
            continue
        found[name] = package.version
        required = (Requirement(line) for line in package.requires or ())
        waiting += [each.name for each in required if not each.marker or each.marker.evaluate({"extra": ""})]
    return tuple(f"{name} {number}" for name, number in sorted(found.items()))


def _further(modules: Iterable[str]) -> Iterator[str]:
    """What else these modules bring: the version of an installed package, the content of any other."""
    seen: set[str] = set()
    waiting = sorted(modules)
    installed = package_folders()
    while waiting:
        root = waiting.pop(0).split(".")[0]
        if root in seen or root in sys.stdlib_module_names or root == "cnnkit":
            continue
        seen.add(root)
        spec = PathFinder.find_spec(root)
        places = [Path(place) for place in (spec.submodule_search_locations or [spec.origin or ""])] if spec else []
        is_installed = any(folder in place.resolve().parents for place in places for folder in installed)
        if is_installed and any(line.startswith(f"{root} ") for line in _versions()):
            continue
        if is_installed and (packages := _by_module().get(root)):
            yield from (f"{name} {version(name)}" for name in sorted(set(packages)))
        elif places:
            yield " ".join([root, *(_digest(_files(place)) for place in places)])
            files = [path for place in places for path in ([place] if place.is_file() else place.rglob("*.py"))]
            waiting += sorted(_imports(files))


@cache
def _by_module() -> Mapping[str, list[str]]:
    return packages_distributions()


def _imports(files: Iterable[Path]) -> set[str]:
    return {module for path in files for module in imported_modules(path, within=True)}
