"""Personal variants, from the author's file to the rubric."""

from dataclasses import replace

import nbformat
import numpy as np
import pytest

from cnngrader.authoring.release import make_release
from cnngrader.authoring.release_digest import BEGIN
from cnngrader.authoring.rubric import Rubric
from cnngrader.authoring.variants import EXAMPLE, class_of_roster, read_class, read_given, variant_of, write_variants
from cnngrader.collecting.collect import collect
from cnngrader.commands.main import main
from cnngrader.errors import AuthorError, UsageError
from cnngrader.grading.jobs import job_of
from cnngrader.grading.verdict_key import key_of
from cnngrader.roster.roster import Roster
from cnngrader.roster.student import Student
from cnngrader.roster.students_file import write_roster
from cnngrader.submission.grade import grade

VARIANT = """
def variant(rng, student):
    number = int(rng.integers(10**9))
    return {"number.txt": f"{student} {number}"}, {"twice": 2 * number}
"""
RUBRIC = """
from cnnkit.check import expect, graded


@graded("window-mean", points=1, hidden=True)
def test_own_number(submission):
    expect(submission.value("twice"), submission.variant["twice"], of="twice")
"""
ANSWER = "twice = 2 * int(open('number.txt').read().split()[1])"


@pytest.fixture
def personal(pooling):
    (pooling.folder / "variant.py").write_text(VARIANT)
    pooling.rubric.write_text(RUBRIC)
    source = pooling.source.read_text(encoding="utf-8")
    pooling.source.write_text(source.replace(BEGIN, f"{BEGIN}\n    global twice\n    twice = 0", 1), encoding="utf-8")
    pooling.mutants.unlink()
    return pooling


def job_for(course, assignment, student, answer=ANSWER, beside=None):
    release = make_release(course, assignment)
    notebook = nbformat.reads(release["pooling.ipynb"].decode(), as_version=4)
    for cell in notebook.cells:
        if cell.id == "answer-window-mean":
            cell.source = answer
    data = nbformat.writes(notebook).encode()
    return job_of(assignment, release, notebook=data, student=student, secret="a secret", beside=beside)


def test_one_students_is_the_same_each_time_and_another_ones_is_not(personal):
    ada = variant_of(personal, "ada", "a secret")
    assert variant_of(personal, "ada", "a secret") == ada
    others = [variant_of(personal, "bob", "a secret"), variant_of(personal, "ada", "another")]
    assert all(other.answers != ada.answers for other in others)
    assert ada.files["number.txt"].decode() == f"ada {ada.answers['twice'] // 2}"


def test_without_a_file_of_the_author_there_is_none(pooling):
    variant = variant_of(pooling, "ada", "a secret")
    assert not variant.files and variant.answers is None


def test_the_release_has_the_example_and_nobody_elses(personal, tiny_course):
    released = make_release(tiny_course, personal)
    assert released["number.txt"] == variant_of(personal, EXAMPLE, "").files["number.txt"]
    assert b"twice" not in b"".join(released.values())


def test_each_is_graded_on_their_own(personal, tiny_course, warm):
    verdict = grade(job_for(tiny_course, personal, "ada"), warm.address)
    assert verdict.score == 1, verdict.tests


def test_another_ones_answer_earns_nothing(personal, tiny_course, warm):
    bob = variant_of(personal, "bob", "a secret")
    verdict = grade(job_for(tiny_course, personal, "ada", f"twice = {bob.answers['twice']}"), warm.address)
    assert verdict.score == 0 and verdict.status == "graded"


def test_another_ones_file_is_replaced(personal, tiny_course, warm):
    theirs = variant_of(personal, "bob", "a secret").files
    assert grade(job_for(tiny_course, personal, "ada", beside=theirs), warm.address).score == 1


def test_changed_answers_are_graded_again(personal, tiny_course):
    before = key_of(job_for(tiny_course, personal, "ada"))
    (personal.folder / "variant.py").write_text(VARIANT.replace('"twice": 2 *', '"twice": 3 *'))
    assert key_of(job_for(tiny_course, personal, "ada")) != before


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def variant(rng, student):\n    return 1 / 0", r"ZeroDivisionError.*line 2"),
        ("def variant(rng, student):\n    return {}", r"must return \({file name: text}, answers\), not {}"),
        ("def variant(rng, student):\n    return {'a': b'b'}, 1", "must return"),
        ("def variant(rng, student):\n    return {'a': 'b'}, object()", "answers hold a object"),
        ("def other(): pass", "KeyError"),
    ],
)
def test_the_authors_mistakes_are_named(pooling, source, said):
    (pooling.folder / "variant.py").write_text(source)
    with pytest.raises(AuthorError, match=rf"variant\.py.*{said}"):
        variant_of(pooling, "ada", "a secret")


def test_a_public_test_cannot_use_it(pooling):
    pooling.rubric.write_text(RUBRIC.replace(", hidden=True", ""))
    with pytest.raises(AuthorError, match=r"test_pooling\.py:7: a public test uses submission\.variant.*hidden=True"):
        Rubric(pooling.rubric)


def test_the_rubric_asks_for_the_answer_alone(personal):
    assert Rubric(personal.rubric).tests[0].asks == {"twice"}


@pytest.mark.parametrize(
    "text", ["ada\nbob\n\nada\n", "id,first_name\nada,Ada\nbob,\n", "\ufefffirst_name,id\nAda,ada\nBob, bob\n"]
)
def test_a_class_is_a_list_or_a_column(tmp_path, text):
    path = tmp_path / "students.csv"
    path.write_text(text, encoding="utf-8")
    assert read_class(path) == ["ada", "bob"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "names no students"),
        (b"../eve", "folder"),
        (b"\xff", "UTF-8"),
        (b"name,mail\nAda,a@b\n", "'name,mail', without a column `id`"),
        (b"id;name\nada;Ada\n", "columns need commas"),
    ],
)
def test_what_is_no_class_is_named(tmp_path, content, said):
    path = tmp_path / "students.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=rf"students\.csv.*{said}"):
        read_class(path)


def test_a_class_has_the_ids_that_collect_makes(tmp_path, tiny_course):
    names = ["Jose\N{COMBINING ACUTE ACCENT}", "ana+cs@x.edu", "bob"]
    (tmp_path / "class.txt").write_text("\n".join([*names, "José"]), encoding="utf-8")
    for name in names:
        (tmp_path / "inbox" / name).mkdir(parents=True)
        (tmp_path / "inbox" / name / "pooling.ipynb").touch()
    collected, _ = collect(tiny_course, "pooling", tmp_path / "inbox")
    assert sorted(read_class(tmp_path / "class.txt")) == [one.student for one in collected]


def test_a_ta_prints_one_or_writes_a_class(personal, tiny_course, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tiny_course.root)
    assert main(["variant", "pooling", "ada"]) == 0
    printed = capsys.readouterr().out
    (tmp_path / "class.txt").write_text("ada\nbob\n")
    assert main(["variant", "pooling", "--class", "class.txt", "--to", "out"]) == 0
    written = (tmp_path / "out" / "ada" / "number.txt").read_text()
    assert written in printed and str(2 * int(written.split()[1])) in printed and "not for students" in printed
    assert "twice" not in capsys.readouterr().out and (tmp_path / "out" / "bob" / "number.txt").exists()
    assert main(["variant", "pooling", "../eve"]) == 2 == main(["variant", "pooling", ""])


def test_the_roster_is_the_class_before_anybody_handed_in(personal, tiny_course, capsys, monkeypatch):
    monkeypatch.chdir(tiny_course.root)
    assert main(["variant", "pooling", "--to", "out"]) == 2
    assert "cnnkit roster FILE" in capsys.readouterr().err
    students = [Student("ada", group="Team"), Student("bo", group="Team"), Student("cy")]
    write_roster(tiny_course, Roster({one.id: one for one in students}))
    assert class_of_roster(tiny_course, personal) == ["ada", "bo", "cy"]
    assert class_of_roster(tiny_course, replace(personal, groups=True)) == ["Team", "cy"]
    assert main(["variant", "pooling", "--to", "out"]) == 0
    assert read_given(tiny_course, personal) == {"ada", "bo", "cy"}


def test_who_was_given_files_is_known(personal, tiny_course, tmp_path):
    assert read_given(tiny_course, personal) == set()
    for students in (["ada", "bob"], ["caj"]):
        write_variants(tiny_course, personal, students, "secret", tmp_path)
    assert read_given(tiny_course, personal) == {"ada", "bob", "caj"}


@pytest.mark.parametrize("arguments", [[], ["ada", "--class", "x"], ["--class", "x"], ["ada", "--to", "y"]])
def test_a_ta_is_told_what_to_name(pooling, tiny_course, arguments, capsys, monkeypatch):
    monkeypatch.chdir(tiny_course.root)
    assert main(["variant", "pooling", *arguments]) == 2
    assert "name one STUDENT" in capsys.readouterr().err


def test_where_all_have_the_same_that_is_said(pooling, tiny_course, capsys, monkeypatch):
    monkeypatch.chdir(tiny_course.root)
    assert main(["variant", "pooling", "ada"]) == 2
    assert "is the same for everybody" in capsys.readouterr().err


def test_variants_are_from_numpys_generator(personal):
    """The author's function gets a Generator, whose stream NumPy keeps for a bit generator."""
    (personal.folder / "variant.py").write_text("def variant(rng, student):\n    return {'a': type(rng).__name__}, 1\n")
    assert variant_of(personal, "ada", "").files["a"].decode() == np.random.Generator.__name__
