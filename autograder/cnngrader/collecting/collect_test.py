import io
import os
import random
import shutil
import stat
import subprocess
import unicodedata
import zipfile
from contextlib import chdir

import pytest

from cnngrader.collecting import handed_in
from cnngrader.collecting.collect import collect
from cnngrader.collecting.conftest import NOON, kept, pack, submitted, tree, write
from cnngrader.course import CONFIG_NAME
from cnngrader.errors import UsageError
from cnngrader.kernel.remove_folder import remove_folder


def test_a_folder_a_student(hand_in, course):
    files = {"joe/pooling.ipynb": b"1", "jane/pooling.ipynb": b"2", "jane/data/x.csv": b"3", "readme.txt": b"4"}
    assert [one.student for one in hand_in(files).collected] == ["jane", "joe"]
    assert submitted(course) == {"jane": {"pooling.ipynb": b"2", "data/x.csv": b"3"}, "joe": {"pooling.ipynb": b"1"}}


def test_nbgraders_folder_in_the_students_folder(hand_in, course):
    hand_in({"jane/pooling/pooling.ipynb": b"1", "jane/pooling/x.csv": b"2"})
    assert submitted(course) == {"jane": {"pooling.ipynb": b"1", "x.csv": b"2"}}


def test_one_folder_around_all_students_is_no_student(hand_in, course):
    """What zipping the folder itself gives."""
    hand_in({"class-of-26/jane/pooling.ipynb": b"1", "class-of-26/joe/pooling.ipynb": b"2"})
    assert submitted(course) == {"jane": {"pooling.ipynb": b"1"}, "joe": {"pooling.ipynb": b"2"}}


def test_what_systems_and_jupyter_leave_behind_is_no_submission(hand_in, course):
    rubbish = [".DS_Store", "__MACOSX/jane/._pooling.ipynb", "jane/.ipynb_checkpoints/pooling-checkpoint.ipynb"]
    hand_in({"jane/pooling.ipynb": b"1", **dict.fromkeys(rubbish, b"x")})
    assert submitted(course) == {"jane": {"pooling.ipynb": b"1"}}


def test_a_folder_without_a_notebook_is_no_submission(hand_in, course):
    hand_in({"jane/pooling.ipynb": b"1", "joe/essay.pdf": b"2"})
    assert list(submitted(course)) == ["jane"]


@pytest.mark.parametrize("files", [{"readme.txt": b""}, {"joe/essay.pdf": b""}, {"pooling.ipynb": b""}])
def test_nothing_to_collect_is_told(hand_in, course, files):
    before = submitted(course, but="")
    with pytest.raises(UsageError, match=r"holds no notebook.*\. Expected: STUDENT/pooling\.ipynb"):
        hand_in(files)
    assert submitted(course, but="") == before


@pytest.mark.parametrize(
    "name",
    [
        "Jane Smith",
        "José Núñez-O'Hara",
        "محمد علي",
        "משה כהן",
        "王小明",
        "Đặng Thị",
        "🎓",
        "a" * 120,
        "王" * 60,
        "jane.smith@example.edu",
    ],
    ids=lambda name: ascii(name)[:20],
)
def test_students_of_every_name_are_collected(hand_in, course, name):
    hand_in({f"{name}/pooling.ipynb": b"1", f"{name}/my data/ü 1.csv": b"2"})
    assert list(submitted(course).values()) == [{"pooling.ipynb": b"1", "my data/ü 1.csv": b"2"}]
    (found,) = submitted(course)
    assert name == found


def test_a_name_is_one_however_its_accents_are_written(hand_in, course):
    for form in ("NFC", "NFD"):
        hand_in({unicodedata.normalize(form, "José/pooling.ipynb"): form.encode()})
    assert len(submitted(course)) == 1


@pytest.mark.parametrize("name", ["CON<>:|?*", " jane ", "jane.", "a+b", "王" * 120], ids=lambda name: name[:9])
def test_a_name_that_is_no_folders_is_made_one(course, name):
    collect(course, "pooling", pack(course.root / "x.zip", {f"{name}/pooling.ipynb": b"1", "joe/pooling.ipynb": b"2"}))
    assert all(path.parent == course.home / "submitted" for path in (course.home / "submitted").iterdir())
    assert not any(set('<>:"|?*\\+') & set(student) for student in submitted(course))


def test_canvas_names_hold_student_and_number(course):
    names = {
        "smithjane_4711_98765_pooling.ipynb": b"1",
        "doejoe_LATE_4712_98766_pooling.ipynb": b"2",
        "againann_4713_98767_pooling-1.ipynb": b"3",
        "latelea_LATE_4714_98768_pooling-12.ipynb": b"4",
        "ouyang王_4715_98769_pooling.ipynb": b"5",
        "smithjane_4711_98770_helper.py": b"6",
    }
    collect(course, "pooling", pack(course.root / "canvas.zip", names))
    assert submitted(course) == {
        "smithjane_4711": {"pooling.ipynb": b"1", "helper.py": b"6"},
        "doejoe_4712": {"pooling.ipynb": b"2"},
        "againann_4713": {"pooling.ipynb": b"3"},
        "latelea_4714": {"pooling.ipynb": b"4"},
        "ouyang王_4715": {"pooling.ipynb": b"5"},
    }


def test_moodle_names_hold_student_and_number(course):
    names = {
        "Jane Smith_4711_assignsubmission_file_/pooling.ipynb": b"1",
        "José Núñez_4712_assignsubmission_file/pooling.ipynb": b"2",
        "محمد علي_4713_assignsubmission_file_/my pooling (1).ipynb": b"3",
        "Jane Smith_4711_assignsubmission_file_/data/x.csv": b"4",
        "Jane Smith_4711_assignsubmission_onlinetext_/onlinetext.html": b"5",
    }
    collect(course, "pooling", pack(course.root / "moodle.zip", names))
    found = submitted(course)
    assert found == {
        "Jane Smith_4711": {"pooling.ipynb": b"1", "data/x.csv": b"4"},
        "José Núñez_4712": {"pooling.ipynb": b"2"},
        "محمد علي_4713": {"pooling.ipynb": b"3"},
    }


def test_moodle_names_without_folders_hold_them_too(course):
    collect(
        course, "pooling", pack(course.root / "m.zip", {"Jane Smith_4711_assignsubmission_file_pooling.ipynb": b"1"})
    )
    assert submitted(course) == {"Jane Smith_4711": {"pooling.ipynb": b"1"}}


def test_a_notebook_of_another_name_is_kept_under_it(hand_in, course):
    hand_in({"jane/Untitled.ipynb": b"1"})
    assert submitted(course) == {"jane": {"Untitled.ipynb": b"1"}}


@pytest.mark.parametrize("other", ["my_pooling.ipynb", "pooling-backup.ipynb", "pooling (1).ipynb"])
def test_the_notebook_of_the_right_name_counts_before_others(hand_in, course, other):
    hand_in({"jane/pooling.ipynb": b"right", f"jane/{other}": b"other"})
    assert submitted(course)["jane"]["pooling.ipynb"] == b"right"


def test_former_submissions_are_kept_and_a_second_look_keeps_nothing_twice(course):
    for content, hour in ((b"1", 10), (b"2", 11), (b"2", 11), (b"3", 12)):
        files = {"jane/pooling.ipynb": (content, (2026, 3, 1, hour, 0, 0)), "joe/pooling.ipynb": b"same"}
        collect(course, "pooling", pack(course.root / "x.zip", files))
    assert submitted(course)["jane"] == {"pooling.ipynb": b"3"}
    former = {"2026-03-01 10.00.00": {"pooling.ipynb": b"1"}, "2026-03-01 11.00.00": {"pooling.ipynb": b"2"}}
    assert kept(course) == {"jane": former}


def test_earlier_attempts_of_one_zip_are_kept_once(course):
    files = {f"smithjane_4711_{n}_pooling-{n}.ipynb": (b"%d" % n, (2026, 3, 1, 10 + n, 0, 0)) for n in (2, 1, 3)}
    for _ in range(2):
        collect(course, "pooling", pack(course.root / "canvas.zip", files))
    assert submitted(course) == {"smithjane_4711": {"pooling.ipynb": b"3"}}
    earlier = kept(course)["smithjane_4711"].values()
    assert sorted(files["pooling.ipynb"] for files in earlier) == [b"1", b"2"]


@pytest.mark.parametrize("junk", [".ipynb_checkpoints/pooling-checkpoint.ipynb", "__pycache__/a.pyc", ".DS_Store"])
def test_what_was_opened_in_jupyter_is_the_same_hand_in(course, junk):
    zipped = pack(course.root / "x.zip", {"jane/pooling.ipynb": (b"1", (2026, 3, 1, 10, 0, 0))})
    collect(course, "pooling", zipped)
    left = course.home / "submitted" / "jane" / "pooling" / junk
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"left by a program")
    collect(course, "pooling", zipped)
    assert kept(course) == {}


def test_of_nbgraders_exchange_the_last_hand_in_counts_as_a_whole(hand_in, course):
    hand_in(
        {
            "jane+pooling+2026-03-01 10:00:00.123456 UTC+abc/pooling.ipynb": b"1",
            "jane+pooling+2026-03-01 10:00:00.123456 UTC+abc/old.csv": b"2",
            "jane+pooling+2026-03-01 11:00:00.123456 UTC/pooling.ipynb": b"3",
            "jane+other+2026-03-01 12:00:00.123456 UTC/pooling.ipynb": b"4",
            "joe+pooling+2026-03-01 09:00:00.000000 UTC+xyz/pooling.ipynb": b"5",
        }
    )
    assert submitted(course) == {"jane": {"pooling.ipynb": b"3"}, "joe": {"pooling.ipynb": b"5"}}
    assert kept(course) == {"jane": {"2026-03-01 10.00.00": {"pooling.ipynb": b"1", "old.csv": b"2"}}}
    stamp = course.home / "submitted" / "jane" / "pooling" / "timestamp.txt"
    assert stamp.read_text() == "2026-03-01 11:00:00 UTC"


@pytest.mark.parametrize("around", ["", "pooling-submissions/"])
def test_github_classroom_puts_the_assignment_before_the_student(hand_in, course, around):
    hand_in({f"{around}pooling-{name}/pooling.ipynb": name.encode() for name in ("jane-b", "joe")})
    assert submitted(course) == {"jane-b": {"pooling.ipynb": b"jane-b"}, "joe": {"pooling.ipynb": b"joe"}}


def git(*arguments, at, **environment):
    names = {
        "GIT_AUTHOR_NAME": "x",
        "GIT_AUTHOR_EMAIL": "x@x.x",
        "GIT_COMMITTER_NAME": "x",
        "GIT_COMMITTER_EMAIL": "x@x.x",
    }
    settings = {**os.environ, **names, **environment, "GIT_CONFIG_GLOBAL": os.devnull}
    return subprocess.run(["git", *arguments], cwd=at, env=settings, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repositories(course):
    """Two students' repositories of an assignment that GitHub calls hw-3."""
    if not shutil.which("git"):
        pytest.skip("git is not installed")
    folder = course.root / "repositories"
    for hour, name in enumerate(("hw-3-jane", "hw-3-joe"), 10):
        write(folder / name, {"assignments/pooling/pooling.ipynb": name.encode()})
        git("init", "--quiet", at=folder / name)
        git("add", ".", at=folder / name)
        git("commit", "--quiet", "-m", "x", at=folder / name, GIT_COMMITTER_DATE=f"2026-03-01T{hour}:00:00Z")
    return folder


@pytest.mark.parametrize("packed", [False, True])
def test_a_repository_is_of_the_time_of_its_last_commit(course, repositories, packed):
    if packed:
        git("gc", "--quiet", at=repositories / "hw-3-jane")
    collect(course, "pooling", repositories)
    assert submitted(course) == {"jane": {"pooling.ipynb": b"hw-3-jane"}, "joe": {"pooling.ipynb": b"hw-3-joe"}}
    stamp = course.home / "submitted" / "jane" / "pooling" / "timestamp.txt"
    assert stamp.read_text() == "2026-03-01 10:00:00 UTC"


def test_a_repositorys_own_settings_run_nothing(course, repositories):
    """Asked there, Git runs the program that this repository names for checking signatures."""
    ran, repository = course.root / "ran", repositories / "hw-3-jane"
    program = write(course.root, {"program": f"#!/bin/sh\ntouch {ran}\n".encode()}) / "program"
    program.chmod(0o700)
    git("config", "gpg.program", str(program), at=repository)
    git("config", "log.showSignature", "true", at=repository)
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n -----END PGP SIGNATURE-----\n\n"
    commit = git("cat-file", "commit", "HEAD", at=repository).replace("\n\n", f"\n{signature}", 1)
    (course.root / "commit").write_text(commit)
    signed = git("hash-object", "-t", "commit", "-w", str(course.root / "commit"), at=repository)
    git("update-ref", "HEAD", signed.strip(), at=repository)
    git("log", "-1", at=repository)
    assert ran.exists()
    ran.unlink()
    collect(course, "pooling", repositories)
    assert not ran.exists()
    stamp = course.home / "submitted" / "jane" / "pooling" / "timestamp.txt"
    assert stamp.read_text() == "2026-03-01 10:00:00 UTC"


@pytest.mark.parametrize("head", ["", "ref: refs/../../../etc/passwd", "ref: refs/heads/none", "z" * 40, "0" * 40])
def test_a_broken_repository_has_the_time_of_its_files(course, repositories, head):
    (repositories / "hw-3-jane" / ".git" / "HEAD").write_text(head)
    notebook = repositories / "hw-3-jane" / "assignments" / "pooling" / "pooling.ipynb"
    os.utime(notebook, (1_000_000_000, 1_000_000_000))
    collect(course, "pooling", repositories)
    (stamp,) = (course.home / "submitted").glob("*jane/pooling/timestamp.txt")
    assert stamp.read_text() == "2001-09-09 01:46:40 UTC"


@pytest.mark.parametrize("order", [1, -1])
def test_the_later_of_two_attempts_counts(course, order):
    attempts = [
        ("smithjane_4711_9_pooling.ipynb", (b"first", (2026, 3, 1, 12, 0, 0))),
        ("smithjane_4711_10_pooling-1.ipynb", (b"second", (2026, 3, 1, 11, 0, 0))),
    ]
    collect(course, "pooling", pack(course.root / "canvas.zip", dict(attempts[::order])))
    assert submitted(course) == {"smithjane_4711": {"pooling.ipynb": b"second"}}


def test_the_later_attempt_counts_however_new_other_files_are(course):
    files = {
        "smithjane_4711_1_data.csv": (b"", (2026, 3, 1, 12, 0, 0)),
        "smithjane_4711_1_pooling.ipynb": (b"first", (2026, 3, 1, 10, 0, 0)),
        "smithjane_4711_2_pooling-1.ipynb": (b"second", (2026, 3, 1, 11, 0, 0)),
    }
    collect(course, "pooling", pack(course.root / "canvas.zip", files))
    assert submitted(course)["smithjane_4711"]["pooling.ipynb"] == b"second"


def test_a_former_submission_is_replaced_as_a_whole_and_others_stay(hand_in, course):
    hand_in({"jane/pooling.ipynb": b"1", "jane/x.csv": b"2", "joe/pooling.ipynb": b"3"})
    collect(course, "pooling", write(course.root / "later", {"jane/pooling.ipynb": b"4"}))
    assert submitted(course, but="") == {
        "jane": {"pooling.ipynb": b"4"},
        "joe": {"pooling.ipynb": b"3"},
        "old": {"pooling.ipynb": b"old"},
    }
    assert sorted(path.name for path in (course.home / "submitted" / "jane").iterdir()) == ["pooling"]


def test_collecting_twice_changes_nothing(hand_in, course):
    hand_in({"jane/pooling.ipynb": b"1"})
    before = tree(course)
    (path,) = course.root.glob("handed-in*")
    collect(course, "pooling", path)
    assert tree(course) == before


def test_one_student_can_be_picked(hand_in, course):
    hand_in({"jane/pooling.ipynb": b"1", "joe/pooling.ipynb": b"2"}, student="joe")
    assert list(submitted(course)) == ["joe"]


def test_a_student_who_is_not_there_is_told(hand_in):
    with pytest.raises(UsageError, match="holds no notebook of ann"):
        hand_in({"jane/pooling.ipynb": b"1"}, student="ann")


def test_a_single_notebook_is_of_the_student_named(course):
    path = write(course.root, {"my work.ipynb": b"1"}) / "my work.ipynb"
    collect(course, "pooling", path, student="jane")
    assert submitted(course) == {"jane": {"pooling.ipynb": b"1"}}
    with pytest.raises(UsageError, match="Name them with --student"):
        collect(course, "pooling", path)


@pytest.mark.parametrize("student", ["../jane", "a/b", "..", "{root}/jane", "a\0b"])
def test_a_student_named_like_a_path_stays_in_submitted(course, student):
    path = write(course.root, {"work.ipynb": b"1"}) / "work.ipynb"
    outside = {name for name in tree(course) if not name.startswith("course/")}
    collect(course, "pooling", path, student=student.format(root=course.root))
    assert list(submitted(course).values()) == [{"pooling.ipynb": b"1"}]
    assert {name for name in tree(course) if not name.startswith("course/")} == outside
    assert {path.name for path in course.home.iterdir()} == {"submitted", CONFIG_NAME}


@pytest.mark.parametrize("name", ["nothing-there", "essay.pdf"])
def test_what_cannot_be_collected_is_named(course, name):
    write(course.root, {"essay.pdf": b"%PDF"})
    with pytest.raises(UsageError, match=name):
        collect(course, "pooling", course.root / name)


def test_the_timestamp_is_that_of_the_latest_file(hand_in, course, request):
    hand_in({"jane/pooling.ipynb": b"1"})
    stamp = course.home / "submitted" / "jane" / "pooling" / "timestamp.txt"
    assert stamp.read_text().endswith(" UTC")
    if "zip" in request.node.name:
        assert stamp.read_text() == "2026-03-01 12:00:00 UTC"


def test_the_timestamp_of_a_folder_is_its_files(course):
    folder = write(course.root / "x", {"jane/pooling.ipynb": b"1", "jane/data.csv": b"2"})
    os.utime(folder / "jane" / "pooling.ipynb", (1_000_000_000, 1_000_000_000))
    os.utime(folder / "jane" / "data.csv", (1_000_003_600, 1_000_003_600))
    ((collected,), _) = collect(course, "pooling", folder)
    stamp = course.home / "submitted" / "jane" / "pooling" / "timestamp.txt"
    assert stamp.read_text() == "2001-09-09 02:46:40 UTC"
    assert collected.time.timestamp() == 1_000_003_600


def test_a_timestamp_that_was_handed_in_is_kept(hand_in, course):
    ((collected,), _) = hand_in({"jane/pooling.ipynb": b"1", "jane/timestamp.txt": b"2026-02-01 00:00:00 UTC"})
    stamp = course.home / "submitted" / "jane" / "pooling" / "timestamp.txt"
    assert stamp.read_text() == f"{collected.time:%Y-%m-%d %H:%M:%S} UTC" == "2026-02-01 00:00:00 UTC"


@pytest.mark.parametrize(
    ("name", "said"),
    [("x_1_2_{}", []), ("x_1_assignsubmission_file_/{}", ["12:00"]), ("pooling-x/{}", ["12:00"])],
    ids=["canvas", "moodle", "classroom"],
)
def test_a_timestamp_that_a_student_wrote_tells_nothing(course, name, said):
    files = {name.format("pooling.ipynb"): b"1", name.format("timestamp.txt"): b"2020-01-01 00:00:00 UTC"}
    ((collected,), _) = collect(course, "pooling", pack(course.root / "x.zip", files))
    stamps = list((course.home / "submitted").glob("x*/pooling/timestamp.txt"))
    assert [stamp.read_text() for stamp in stamps] == [f"2026-03-01 {time}:00 UTC" for time in said]
    assert ([f"{collected.time:%H:%M}"] if collected.time else []) == said


@pytest.mark.parametrize("time", [(1980, 0, 0, 0, 0, 0), (2026, 2, 31, 0, 0, 0), (2026, 1, 1, 24, 60, 62)])
def test_a_zip_whose_dates_are_none_is_collected_all_the_same(course, time):
    collect(course, "pooling", pack(course.root / "x.zip", {"jane/pooling.ipynb": (b"1", time)}))
    assert submitted(course) == {"jane": {"pooling.ipynb": b"1"}}


@pytest.mark.parametrize(
    "name",
    ["../evil.ipynb", "jane/../../evil.ipynb", "/evil.ipynb", "jane/..", "..\\evil.ipynb", "jane\\..\\..\\evil.ipynb"],
)
def test_a_path_that_leads_outside_is_refused_and_nothing_is_changed(course, name):
    path = pack(course.root / "x.zip", {"jane/pooling.ipynb": b"1", name: b"evil"})
    before = tree(course)
    with pytest.raises(UsageError, match="a path outside itself; it was not opened"):
        collect(course, "pooling", path)
    assert tree(course) == before


@pytest.mark.parametrize(
    ("limit", "files"),
    [
        ("MAX_FILE", {"jane/pooling.ipynb": b"0" * 3_000_000}),
        ("MAX_TOTAL", {f"jane/{i}.ipynb": b"0" * 500_000 for i in range(5)}),
        ("MAX_FILES", {f"jane/{i}.ipynb": b"" for i in range(11)}),
    ],
)
def test_a_zip_bomb_is_refused_unopened_and_nothing_is_changed(course, monkeypatch, limit, files):
    limits = {"MAX_FILE": 2 * 2**20, "MAX_TOTAL": 2 * 2**20, "MAX_FILES": 10}
    monkeypatch.setattr(handed_in, limit, limits[limit])
    path = pack(course.root / "bomb.zip", {"joe/pooling.ipynb": b"1", **files})
    assert path.stat().st_size < 10_000
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_, **__: pytest.fail("a member was opened"))
    before = tree(course)
    with pytest.raises(UsageError, match="it was not opened"):
        collect(course, "pooling", path)
    assert tree(course) == before


def test_a_member_larger_than_it_says_is_refused(course):
    path = pack(course.root / "x.zip", {"jane/pooling.ipynb": b"0" * 1_000_000})
    data = path.read_bytes()
    path.write_bytes(data.replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    before = tree(course)
    with pytest.raises(UsageError, match="cannot be unpacked"):
        collect(course, "pooling", path)
    assert tree(course) == before


@pytest.mark.parametrize("limit", ["MAX_FILE", "MAX_TOTAL"])
def test_a_folder_too_large_is_refused_and_nothing_is_changed(course, monkeypatch, limit):
    folder = write(course.root / "x", {"ann/pooling.ipynb": b"1", "jane/pooling.ipynb": b"0" * 3000})
    monkeypatch.setattr(handed_in, limit, 2000)
    before = tree(course)
    with pytest.raises(UsageError, match="remove what is no submission"):
        collect(course, "pooling", folder)
    assert tree(course) == before


def test_links_in_a_folder_are_not_followed(course):
    secret = write(course.root / "secret", {"pooling.ipynb": b"secret"})
    folder = write(course.root / "x", {"jane/pooling.ipynb": b"1"})
    (folder / "jane" / "link.csv").symlink_to(secret / "pooling.ipynb")
    (folder / "joe").symlink_to(secret, target_is_directory=True)
    (folder / "jane" / "loop").symlink_to(folder, target_is_directory=True)
    collect(course, "pooling", folder)
    assert submitted(course) == {"jane": {"pooling.ipynb": b"1"}}


def test_a_link_in_a_zip_makes_no_link(course):
    path = pack(course.root / "x.zip", {"jane/pooling.ipynb": b"1"})
    link = zipfile.ZipInfo("jane/link.csv", NOON)
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "../../../secret")
    collect(course, "pooling", path)
    assert not any(path.is_symlink() for path in course.home.rglob("*"))


@pytest.mark.parametrize(
    "names",
    [["jane/x", "jane/x/y.csv"], ["jane/x/y.csv", "jane/x"], [f"jane/{'x' * 300}.csv"], ["jane/" + "a/" * 3000 + "x"]],
    ids=["file, then folder", "folder, then file", "long name", "deep"],
)
def test_names_that_cannot_be_laid_down_change_nothing_or_do_no_harm(course, names):
    path = pack(
        course.root / "x.zip", {"ann/pooling.ipynb": b"1", "jane/pooling.ipynb": b"2", **dict.fromkeys(names, b"")}
    )
    before = tree(course)
    try:
        collect(course, "pooling", path)
    except UsageError:
        assert tree(course) == before
    else:
        assert submitted(course)["jane"]["pooling.ipynb"] == b"2"


def test_a_locked_zip_is_told(course):
    path = pack(course.root / "x.zip", {"jane/pooling.ipynb": b"1"})
    data = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        data[data.index(signature) + flags] |= 1
    path.write_bytes(data)
    with pytest.raises(UsageError, match="cannot be unpacked .*encrypted"):
        collect(course, "pooling", path)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_zip_is_collected_or_told_and_then_nothing_is_changed(course, compression):
    rng = random.Random(compression)
    text = b"".join(b"line %d\n" % rng.randrange(10**6) for _ in range(60))
    path = pack(course.root / "x.zip", {"jane/pooling.ipynb": text, "joe/pooling.ipynb": text[::-1]}, compression)
    whole = path.read_bytes()
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(rng.randrange(1, 4)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(data)
        before = submitted(course, but="")
        try:
            collect(course, "pooling", path)
        except UsageError:
            assert submitted(course, but="") == before


def test_the_zip_handed_in_is_left_as_it_was(course):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("jane/pooling.ipynb", b"1")
    path = write(course.root, {"x.zip": buffer.getvalue()}) / "x.zip"
    collect(course, "pooling", path)
    assert path.read_bytes() == buffer.getvalue()


DEEP = "a/" * 1500 + "x.txt"


@pytest.mark.parametrize("name", [DEEP, "b" * 300 + ".txt", "ü" * 150], ids=["deep", "long", "long in bytes"])
def test_a_path_that_no_folder_can_hold_is_left_out(course, tmp_path, name):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("pooling.ipynb", b"bob's")
        archive.writestr(name, b"x")
    files = {"ana/pooling.ipynb": b"ana's", f"ana/{name}": b"x", "bob/mine.zip": inner.getvalue()}
    collect(course, "pooling", pack(tmp_path / "all.zip", files))
    assert submitted(course) == {"ana": {"pooling.ipynb": b"ana's"}, "bob": {"pooling.ipynb": b"bob's"}}


@pytest.mark.parametrize("levels", [1200, 3000])
def test_a_folder_too_deep_to_be_read_is_told(course, tmp_path, levels):
    """How deep that is, is Python's affair: what can be read is collected."""
    deep = tmp_path / "all" / "ana"
    write(deep, {"pooling.ipynb": b"ana's"})
    with chdir(deep):
        for _ in range(levels):
            os.mkdir("a")
            os.chdir("a")
    said = ""
    try:
        collect(course, "pooling", tmp_path / "all")
    except UsageError as error:
        said = str(error)
    finally:
        remove_folder(deep)
    assert "more than can be read" in said or submitted(course) == {"ana": {"pooling.ipynb": b"ana's"}}
