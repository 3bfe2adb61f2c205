"""A made-up class of 35 goes to the learning platform and comes back."""

import csv
import io
import stat
import unicodedata
from contextlib import chdir

import pytest

from cnngrader.commands.main import main
from cnngrader.errors import UsageError
from cnngrader.exporting.canvas_gradebook import CanvasGradebook
from cnngrader.exporting.fill import NOT_FOUND, fill
from cnngrader.exporting.moodle_worksheet import MoodleWorksheet
from cnngrader.exporting.scores import Scores, write_parquet
from cnngrader.exporting.sheet import Sheet
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.gradebook.standing import CellScore, Standing, read_standing
from cnngrader.grading.crash_test import InstantPool, hand_in, released_course
from cnngrader.grading.grading import Grading
from cnngrader.grading.grading_test import class_of  # noqa: F401  # a fixture
from cnngrader.table_file import defused

AWKWARD = ["=1+1, Eve", 'Ole "Bo", Jr', "Nu\u0301n\u0303ez, A\u0301na", "Smith, Jane", "Smith, Jane", "O'Neil-Wu, Li"]
NAMES = AWKWARD + [f"Last{chr(97 + n)}, First" for n in range(29)]
TITLE = "Window (77)"


def standing(points: float, penalty: float = 0.0) -> Standing:
    return Standing([CellScore("window", "mean", 20.0, points, None, 0.0, False, False)], penalty)


def collected(name: str, number: int) -> str:
    """As Canvas's zip calls a student."""
    letters = "".join(c for c in unicodedata.normalize("NFC", name).lower() if c.isalnum())
    return f"{letters}_{number}"


def scores_of(names: list[str], skip: int = 3) -> Scores:
    """Of all but the last `skip`."""
    ids = [collected(name, 100 + n) for n, name in enumerate(names)][: len(names) - skip]
    return Scores(ids, {id: standing(n % 20 + n / 64, n % 3) for n, id in enumerate(ids)})


def canvas(sep=",", end="\r\n", bom="\ufeff", grades=None, decimal="."):
    def quoted(text):
        return '"' + text.replace('"', '""') + '"' if set(text) & set(f'"{sep}') else text

    rows = [["Student", "ID", "SIS Login ID", "Section", "Other (5)", TITLE, "Window Final Score"]]
    rows += [["", "", "", "", "", "Manual Posting", ""]]
    rows += [["    Points Possible", "", "", "", "10", f"20{decimal}00", "(read only)"]]
    for n, name in enumerate(NAMES):
        grade = (grades or {}).get(n, "")
        rows.append([name, str(100 + n), f"u{n}@x.edu", "A and B, C", f"=1+{n}", grade, "  7 "])
    rows.append(["Student, Test", "999", "", "A", "", "", ""])
    return (bom + end.join(sep.join(map(quoted, row)) for row in rows) + end).encode()


def moodle():
    lines = ["Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,Last modified (grade)"]
    for n, name in enumerate(NAMES):
        shown = '"' + name.replace('"', '""') + '"'
        lines.append(
            f'"Participant {100 + n}",{shown},"u{n}@x.edu","Submitted, a",,"20,00","{"No" if n == 7 else "Yes"}",-'
        )
    return "\n".join(lines).encode()


def read(content: bytes, sep=",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=sep))


@pytest.mark.parametrize("sep", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize(("bom", "decimal"), [("", ","), ("\ufeff", ".")])
def test_canvas_gets_the_totals_and_keeps_every_other_byte(sep, end, bom, decimal):
    before, scores = canvas(sep, end, bom, decimal=decimal), scores_of(NAMES)
    filled = fill(CanvasGradebook(Sheet(before, "g.csv")), scores, ["window"])
    after = read(filled.content, sep)
    totals = {row[1]: row[5] for row in after[3:] if row[5]}
    wanted = {id.rpartition("_")[2]: total for id, total in scores.totals.items()}
    assert totals.keys() == wanted.keys()
    assert all(abs(float(totals[n].replace(",", ".")) - wanted[n]) <= 0.005 for n in wanted)
    given = dict(enumerate(row[5] for row in after[3:]))
    assert filled.content == canvas(sep, end, bom, given, decimal)
    assert filled.told["in the file, and handed in nothing"] == NAMES[-3:]


def test_filling_it_again_changes_nothing():
    once = fill(CanvasGradebook(Sheet(canvas(), "g.csv")), scores_of(NAMES), ["Window"])
    again = fill(CanvasGradebook(Sheet(once.content, "g.csv")), scores_of(NAMES), ["Window"])
    assert again.content == once.content
    assert "another grade was there" not in again.told


def test_moodle_gets_the_totals_but_where_it_takes_none():
    before = moodle()
    filled = fill(MoodleWorksheet(Sheet(before, "w.csv")), scores_of(NAMES), ["window"])
    rows = read(filled.content)
    assert [row[:4] + row[5:] for row in rows] == [row[:4] + row[5:] for row in read(before)]
    assert rows[10][4] == f"{scores_of(NAMES).totals[collected(NAMES[9], 109)]:.2f}".replace(".", ",")
    assert rows[8][4] == ""
    assert filled.told["not written, the platform says that the grade cannot be changed"] == [NAMES[7]]
    assert filled.written == 31


def test_what_stood_there_is_told_and_who_is_excused_stays():
    content = canvas(grades={8: "3", 9: "EX"})
    filled = fill(CanvasGradebook(Sheet(content, "g.csv")), scores_of(NAMES), ["window"])
    rows = read(filled.content)[3:]
    assert rows[9][5] == "EX"
    assert filled.told["another grade was there"] == [f"{NAMES[8]}: 3, now {rows[8][5]}"]
    assert filled.told["not written, what is there stays"] == [f"{NAMES[9]}: EX"]


def test_zeros_are_asked_for_and_never_meet_the_test_student_or_a_grade():
    content = canvas(grades={34: "4"})
    filled = fill(CanvasGradebook(Sheet(content, "g.csv")), scores_of(NAMES), ["window"], missing_as_zero=True)
    assert [row[5] for row in read(filled.content)[-4:]] == ["0", "0", "4", ""]


def test_no_zero_where_somebody_was_not_found():
    scores = scores_of(NAMES)
    more = Scores([*scores.handed_in, "bob"], {**scores.standings, "bob": standing(5.0)})
    filled = fill(CanvasGradebook(Sheet(canvas(), "g.csv")), more, ["window"], missing_as_zero=True)
    assert filled.told[NOT_FOUND] == ["bob"]
    assert [row[5] for row in read(filled.content)[-4:]] == [""] * 4


def test_a_number_of_somebody_elses_is_not_enough_and_a_login_is():
    ids = ["user_110", "u12@x.edu"]
    filled = fill(CanvasGradebook(Sheet(canvas(), "g.csv")), Scores(ids, {id: standing(5.0) for id in ids}), ["window"])
    assert [n for n, row in enumerate(read(filled.content)[3:]) if row[5]] == [12]
    assert filled.told[NOT_FOUND] == ["user_110"]


def test_two_hand_ins_of_one_student_are_told_and_none_is_taken():
    ids = [collected(NAMES[12], 112), "u12@x.edu"]
    filled = fill(CanvasGradebook(Sheet(canvas(), "g.csv")), Scores(ids, {id: standing(5.0) for id in ids}), ["window"])
    assert filled.content == canvas()
    assert filled.told["not written, for several rows or students are meant"] == ids


def test_who_is_not_graded_yet_gets_nothing_not_even_a_zero():
    ids = [collected(NAMES[n], 100 + n) for n in (10, 11)]
    scores = Scores(ids, {ids[0]: standing(5.0)})
    filled = fill(CanvasGradebook(Sheet(canvas(), "g.csv")), scores, ["window"], missing_as_zero=True)
    assert [row[5] for row in read(filled.content)[13:15]] == ["5", ""]
    assert filled.told["not written, not graded yet"] == [ids[1]]


def test_bytes_that_are_no_utf8_stay():
    content = canvas(bom="").replace(b"A and B, C", b"Caf\xe9")
    filled = fill(CanvasGradebook(Sheet(content, "g.csv")), scores_of(NAMES), ["window"])
    assert filled.content.count(b"Caf\xe9") == content.count(b"Caf\xe9")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"Student,ID\n", "no row of a student"),
        (b"Bezeichner,Bewertung\nx,1\n", "no column 'ID' and 'Section'"),
        (
            canvas().replace(b"Window (77)", b"Window X (77)"),
            "no column is called 'window'; there are: 'Other",
        ),
        (canvas().replace(b"Other (5)", b"Window (5)"), "more than one column is called 'window'"),
    ],
)
def test_another_file_is_refused_with_what_it_holds(content, said):
    with pytest.raises(UsageError, match=said):
        fill(CanvasGradebook(Sheet(content, "g.csv")), scores_of(NAMES), ["window"])


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_of_ours_is_a_formula(start):
    assert defused(f"{start}1+1") == f"'{start}1+1"
    assert defused(-1.5) == -1.5


def test_parquet_holds_the_same_table_or_says_what_it_needs(tmp_path):
    path, scores = tmp_path / "t.parquet", scores_of(NAMES)
    try:
        from pyarrow import parquet
    except ModuleNotFoundError:
        with pytest.raises(UsageError, match="pip install pyarrow"):
            write_parquet(path, scores)
        return
    write_parquet(path, scores)
    assert [tuple(row.values()) for row in parquet.read_table(path).to_pylist()] == scores.rows()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_command_writes_files_for_their_owner_alone(class_of, tmp_path, capsys):  # noqa: F811
    course, _, _ = class_of
    sheet, table = tmp_path / "g.csv", tmp_path / "t.csv"
    sheet.write_bytes(b"Student,ID,SIS Login ID,Section,Window (7)\nA,1,ana,s,\nB,2,zoe,s,\n")
    command = ["export", "window", "--course", str(course.home), "--canvas", str(sheet), "--column", "Window"]
    with chdir(course.root):
        main([*command, "--csv", str(table)])
        said = capsys.readouterr().out
        assert main(command) == 2
        assert main(["export", "window", "--csv", str(tmp_path / "no" / "t.csv")]) == 2
        assert "/no, where t.csv is to be written, is no folder" in capsys.readouterr().err
    made = tmp_path / "g-graded.csv"
    with open_gradebook(course) as book:
        expected = read_standing(book.engine.connect(), "window", "ana").total
    assert [row[4] for row in read(made.read_bytes())] == ["Window (7)", f"{expected:g}", ""]
    assert "not found in the file (" in said
    assert "handed in nothing (1): B" in said
    assert {stat.S_IMODE(path.stat().st_mode) for path in (made, table)} == {0o600}
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert sum(float(row["score"] or 0) for row in rows if row["student"] == "ana") == pytest.approx(expected)


def test_in_place_fills_the_file_itself_and_nothing_else_is_written(class_of, tmp_path):  # noqa: F811
    course, _, _ = class_of
    sheet = tmp_path / "g.csv"
    before = b"Student,ID,SIS Login ID,Section,Window (7)\nA,1,ana,s,\nB,2,zoe,s,\n"
    sheet.write_bytes(before)
    command = ["export", "window", "--course", str(course.home), "--canvas", str(sheet), "--column", "Window"]
    with chdir(course.root):
        main([*command, "--in-place"])
        once = sheet.read_bytes()
        main([*command, "--in-place"])
    assert [path.name for path in tmp_path.iterdir()] == ["g.csv"]
    assert sheet.read_bytes() == once
    assert once.replace(b"ana,s,3", b"ana,s,") == before
    assert stat.S_IMODE(sheet.stat().st_mode) == 0o600


@pytest.mark.parametrize("broken", [b"Student,ID\n", b"\xff\xfe"])
def test_in_place_leaves_what_it_cannot_fill(class_of, tmp_path, broken):  # noqa: F811
    course, _, _ = class_of
    sheet = tmp_path / "g.csv"
    sheet.write_bytes(broken)
    with chdir(course.root):
        command = ["export", "window", "--course", str(course.home), "--canvas", str(sheet), "--in-place"]
        assert main(command) == 2
    assert sheet.read_bytes() == broken


def test_a_newer_hand_in_that_is_not_graded_yet_is_told_and_its_former_total_stays_here(tmp_path, monkeypatch, capsys):
    course = released_course(tmp_path / "root")
    for student in ("ana", "zoe"):
        hand_in(course, student, "right")
    grade = lambda: list(Grading(course, course.assignment("window"), confined=False).run(InstantPool(course)))  # noqa: E731
    grade()
    hand_in(course, "zoe", "wrong")
    sheet = tmp_path / "g.csv"
    sheet.write_bytes(b"Student,ID,SIS Login ID,Section,Window (7)\nA,1,ana,s,\nB,2,zoe,s,\n")
    monkeypatch.chdir(course.root)
    command = ["export", "window", "--canvas", str(sheet), "--column", "Window", "--in-place"]
    assert main([*command, "--csv", str(tmp_path / "t.csv")]) == 1
    said = capsys.readouterr().out
    assert "1 handed in something else since they were graded: zoe" in said
    assert "not written, not graded yet (1): zoe" in said
    assert [row[4] for row in read(sheet.read_bytes())[1:]] == ["3", ""]
    grade()
    assert main(command) == 0
    assert [row[4] for row in read(sheet.read_bytes())[1:]] == ["3", "0"]
