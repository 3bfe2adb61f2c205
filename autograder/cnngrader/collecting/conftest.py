"""What the tests of collecting share: submissions to hand in, and what then lies in the course."""

import time
import zipfile

import pytest

from cnngrader.collecting.collect import collect

NOON = (2026, 3, 1, 12, 0, 0)


@pytest.fixture(autouse=True)
def utc(monkeypatch):
    """This machine's zone, in which a zip's times are read."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def course(tiny_course):
    (tiny_course.home / "submitted" / "old" / "pooling").mkdir(parents=True)
    (tiny_course.home / "submitted" / "old" / "pooling" / "pooling.ipynb").write_bytes(b"old")
    return tiny_course


def write(folder, files):
    """Files {path: content} under a folder; returns it."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def pack(path, files, compression=zipfile.ZIP_DEFLATED):
    """A zip of {name: content} or {name: (content, time)}; returns its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in files.items():
            content, time = content if isinstance(content, tuple) else (content, NOON)
            info = zipfile.ZipInfo(name, time)
            info.compress_type = compression
            archive.writestr(info, content)
    return path


def submitted(course, but="old"):
    """{student: {file: content}} of what lies in the course, timestamps apart."""
    found = {}
    for path in sorted((course.home / "submitted").glob("*/pooling/**/*")):
        student, _, *name = path.relative_to(course.home / "submitted").parts
        if path.is_file() and student != but and name != ["timestamp.txt"]:
            found.setdefault(student, {})["/".join(name)] = path.read_bytes()
    return found


def tree(course):
    """Everything under the course's root: {path: content}."""
    return {
        str(path.relative_to(course.root)): path.read_bytes() if path.is_file() else None
        for path in course.root.rglob("*")
    }


@pytest.fixture(params=["folder", "zip", "stored zip"])
def hand_in(request, course):
    """Collect {path: content} from a folder and from zips."""

    def hand_in(files, **options):
        if request.param == "folder":
            path = write(course.root / "handed-in", files)
        else:
            packing = zipfile.ZIP_STORED if request.param == "stored zip" else zipfile.ZIP_DEFLATED
            path = pack(course.root / "handed-in.zip", files, packing)
        return collect(course, "pooling", path, **options)

    return hand_in


def kept(course):
    """{student: {time: {file: content}}} of former submissions, timestamps apart."""
    found = {}
    for path in sorted((course.home / "attempts").glob("*/pooling/*/**/*")):
        student, _, time, *name = path.relative_to(course.home / "attempts").parts
        if path.is_file() and name != ["timestamp.txt"]:
            found.setdefault(student, {}).setdefault(time, {})["/".join(name)] = path.read_bytes()
    return found
