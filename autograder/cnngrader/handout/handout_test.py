"""What a student is given, from wherever it is, and nothing that is theirs written over."""

import functools
import http.server
import shutil
import threading
import zipfile
from contextlib import chdir
from pathlib import Path

import pytest

from cnngrader.commands.main import main
from cnngrader.errors import UsageError
from cnngrader.files import files_in
from cnngrader.handout.handout import CHECKS, Handouts
from cnngrader.handout.lay_out import lay_out, release_of
from cnngrader.handout.released_checks import read_checks

ROOT = Path(__file__).resolve().parents[3]
IDS = sorted(path.name for path in (ROOT / "assignments").iterdir())


@pytest.fixture
def course(tmp_path) -> Path:
    """As an instructor may publish it: assignments below a folder of its own, and personal files."""
    folder = tmp_path / "published"
    shutil.copytree(ROOT / "assignments", folder / "course-main" / "assignments")
    own = folder / "course-main" / "personal" / "ana"
    own.mkdir(parents=True)
    (own / "table.csv").write_text("ana's own")
    return folder


@pytest.fixture
def zipped(course) -> Path:
    return Path(shutil.make_archive(str(course), "zip", course))


@pytest.fixture
def server(tmp_path, zipped):
    """The address of what lies in tmp_path."""
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(quiet, directory=tmp_path)) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


@pytest.mark.parametrize("id", IDS)
def test_what_is_installed_is_the_release(id):
    released = ROOT / "assignments" / id
    assert Handouts().find(id).files == {name: path.read_bytes() for name, path in files_in(released).items()}


def test_a_folder_a_zip_and_an_address_give_the_same(course, zipped, server):
    ways = (str(course), str(zipped), f"{server}/published.zip?key=secret", zipped.as_uri())
    for way in ways:
        assert Handouts(way).ids == IDS
        assert Handouts(way).find("unet").files == Handouts().find("unet").files


def test_personal_files_take_the_place_of_everybodys(course):
    plain, own = (Handouts(str(course)).find("alexnet_counting", personal=who).files for who in ("", "ana"))
    assert own == {**plain, "table.csv": b"ana's own"}


@pytest.mark.parametrize(
    ("id", "way", "personal", "told"),
    [
        ("unit", "published", "", "Did you mean unet?"),
        ("unet", "nowhere", "", "is not there"),
        ("unet", "page.zip", "", "is no zip of an assignment"),
        ("unet", "SERVER/none.zip?key=secret", "", "answered 404"),
        ("unet", "http://127.0.0.1:9/x.zip", "", "could not be reached"),
        ("alexnet_counting", "published", "ben", "has nothing for 'ben'"),
        ("lone", "lone", "", "is no release of lone"),
    ],
)
def test_what_is_not_to_be_had_is_told(course, server, tmp_path, id, way, personal, told):
    (tmp_path / "page.zip").write_text("<html>")
    (tmp_path / "lone").mkdir()
    (tmp_path / "lone" / "lone.ipynb").write_text("{}")
    with chdir(tmp_path), pytest.raises(UsageError) as caught:
        Handouts(way.replace("SERVER", server)).find(id, personal=personal)
    assert told in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_zip_that_leads_outside_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr("../unet/unet.ipynb", "{}")
    with pytest.raises(UsageError):
        Handouts(str(tmp_path / "bad.zip"))


def test_a_second_start_goes_on_with_what_is_there(tmp_path):
    handout = Handouts().find("alexnet_counting")
    first = lay_out(handout, tmp_path / "work")
    assert not first.begun
    assert set(first.added) == handout.files.keys()
    first.notebook.write_text("my work")
    (tmp_path / "work" / "checks.py").unlink()
    again = lay_out(handout, tmp_path / "work")
    assert (again.begun, again.added, again.other_release) == (True, ["checks.py"], True)
    assert first.notebook.read_text() == "my work"


def test_the_same_release_is_known_as_such(tmp_path):
    handout = Handouts().find("unet")
    place = lay_out(handout, tmp_path / "work")
    assert not lay_out(handout, tmp_path / "work").other_release
    release = release_of(place.notebook.read_text())
    assert release
    assert release == read_checks(tmp_path / "work" / CHECKS).release


def test_a_folder_that_is_anothers_is_left_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.ipynb").write_text("{}")
    with pytest.raises(UsageError, match="another notebook"):
        lay_out(Handouts().find("unet"), tmp_path / "mine")
    with pytest.raises(UsageError, match="the course's own checkout"):
        lay_out(Handouts().find("unet"), ROOT / "assignments" / "unet")
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is a file"):
        lay_out(Handouts().find("unet"), tmp_path / "file")


def test_the_command_lists_lays_out_and_says_how_to_open_it(tmp_path, capsys):
    with chdir(tmp_path):
        assert main(["start"]) == 0
        assert capsys.readouterr().out.split() == IDS
        assert main(["start", "unet"]) == 0
        assert "Open it:" in capsys.readouterr().out
        assert {path.name for path in (tmp_path / "unet").iterdir()} == set(Handouts().find("unet").files)
        assert main(["start", "unet", "--no-open"]) == 0
        assert "you go on with it" in capsys.readouterr().out
        assert main(["start", "unnet"]) == 2
        assert "Did you mean unet?" in capsys.readouterr().err


def test_an_update_comes_from_where_the_course_gives_its_releases_out(server, tmp_path, monkeypatch, capsys):
    notebook = lay_out(Handouts().find("unet"), tmp_path / "work").notebook
    checks = notebook.parent / CHECKS
    released = checks.read_bytes()
    elsewhere = released.replace(b"about={", f"about={{'assignments': '{server}/published.zip', ".encode())
    assert elsewhere != released
    checks.write_bytes(elsewhere)
    monkeypatch.setattr("cnngrader.handout.handout.released_home", lambda: tmp_path / "nothing is installed")
    assert main(["update", str(notebook)]) == 0
    assert "of the new release" in capsys.readouterr().out
    assert checks.read_bytes() == released
