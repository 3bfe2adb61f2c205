import io
import re
import zipfile
from contextlib import chdir

import pytest

from cnngrader.commands.main import main
from cnngrader.errors import UsageError
from cnngrader.exporting.canvas_feedback import make_canvas_zip, read_names
from cnngrader.grading.grading_test import class_of  # noqa: F401  # a fixture
from cnngrader.ids import student_id

HANDED_OUT = [
    "doejane_4711_90001_window.ipynb",
    "doejane_LATE_4711_90007_window-1.ipynb",
    "doejane_4711_90009_picture.png",
    "núñezána_12_90002_my_work_2.ipynb",
    "anon_x7Yz1_90003_window.ipynb",
    "LATE_anon_q9_90004_window.ipynb",
    "wubo_13_text.html",
    "notes.txt",
]
PAGES = {student_id(name): name.encode() for name in ("doejane_4711", "núñezána_12", "anon_x7Yz1", "anon_q9")}


def as_canvas_reads(name: str) -> tuple[str, str]:
    """(the student, the file that was handed in), by its rules."""
    parts = [part for part in name.split("_") if part not in ("LATE", "late")]
    if parts[0] == "anon":
        return parts[1], parts[2]
    numbers = [part for part in parts if re.fullmatch(r"\d+", part)]
    return numbers[0], numbers[1]


def test_canvas_finds_each_student_and_the_last_notebook():
    content, nameless = make_canvas_zip({**PAGES, "wubo_13": b"typed", "bob": b""}, HANDED_OUT, "window.html")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        read = {as_canvas_reads(name): archive.read(name).decode() for name in archive.namelist()}
    assert read == {
        ("4711", "90007"): "doejane_4711",
        ("12", "90002"): "núñezána_12",
        ("x7Yz1", "90003"): "anon_x7Yz1",
        ("q9", "90004"): "anon_q9",
    }
    assert nameless == ["wubo_13", "bob"]


def test_the_zip_of_another_assignment_is_refused():
    with pytest.raises(UsageError, match="give the zip that Canvas handed out"):
        make_canvas_zip({"bob": b""}, HANDED_OUT, "window.html")


def test_names_are_read_from_a_zip_or_a_folder(tmp_path):
    (tmp_path / "all").mkdir()
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name in HANDED_OUT:
            archive.writestr(f"all/{name}", b"")
            (tmp_path / "all" / name).touch()
    assert sorted(read_names(tmp_path / "all.zip")) == sorted(read_names(tmp_path / "all")) == sorted(HANDED_OUT)
    (tmp_path / "no.zip").write_bytes(b"no")
    with pytest.raises(UsageError, match="is no zip"):
        read_names(tmp_path / "no.zip")


@pytest.mark.parametrize("wrong", [["--zip", "canvas"], ["--from", "."], ["--zip", "moodle", "--from", "."]])
def test_the_two_options_go_together(class_of, wrong, capsys):  # noqa: F811
    course, _, _ = class_of
    with chdir(course.root):
        assert main(["feedback", "window", "--course", str(course.home), *wrong]) == 2
    assert "go together" in capsys.readouterr().err


def test_the_command_writes_it(class_of, tmp_path, monkeypatch, capsys):  # noqa: F811
    course, _, _ = class_of
    page = course.page("window", "doejane_4711")
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("hers", encoding="utf-8")
    monkeypatch.setattr("cnngrader.pages.feedback.write_feedback", lambda *_: [page])
    (tmp_path / HANDED_OUT[0]).touch()
    with chdir(course.root):
        command = ["feedback", "window", "--course", str(course.home), "--zip", "canvas", "--from", str(tmp_path)]
        assert main(command) == 0
    made = zipfile.ZipFile(course.exported("window-canvas.zip"))
    assert made.read("doejane_4711_90001_window.html") == b"hers"
    assert "under the name of the notebook" in capsys.readouterr().out
