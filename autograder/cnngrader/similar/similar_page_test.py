"""The page, and the command that writes it."""

import json
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from cnngrader.commands.main import main
from cnngrader.similar.alike import find_alike
from cnngrader.similar.compare import compare
from cnngrader.similar.similar_page import render
from cnngrader.similar.similar_test import ESSAY, MINE, MORE, OTHER, renamed, work
from cnngrader.similar.stream import NOTHING

GIVEN = "\n".join(f"figure_{n} = plt.imshow(np.load('pictures.npy')[{n}], cmap='gray', vmin=0)" for n in range(12))
EVIL = "</pre><script>alert(1)</script>"


@pytest.fixture
def handed_in(tiny_course, monkeypatch):
    """hand_in(student, *cells): in a course whose release is there."""
    given = new_notebook(cells=[new_markdown_cell(f"# Pooling\n\n{ESSAY}"), new_code_cell(GIVEN)])
    released = tiny_course.released("pooling") / "pooling.ipynb"
    released.parent.mkdir(parents=True)
    nbformat.write(given, released)
    tiny_course.prepare()
    monkeypatch.chdir(tiny_course.root)

    def hand_in(student, *cells):
        path = tiny_course.submitted("pooling", student) / "pooling.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(new_notebook(cells=[*given.cells, *map(new_code_cell, cells)]), path)
        return path

    return hand_in


def page_of(*works, given=NOTHING):
    found = compare(works, given)
    pairs = [found.pair(one) for one in found.overlaps.found]
    return render(f"T {EVIL}", found, pairs, given, {f"x {EVIL}": f"because {EVIL}"}, None)


def test_what_a_student_wrote_is_shown_as_text_and_nothing_is_loaded():
    words = work(f"eve {EVIL}", f"{ESSAY} {EVIL} {ESSAY}", EVIL, is_code=False)
    text = page_of(words, work("ben", f"{ESSAY} {EVIL} {ESSAY}", f"{EVIL} <img src=x>", is_code=False))
    assert "script&gt;" in text
    assert not re.search(r"<script|<img|https?://|src=|onerror", text.replace("&lt;img src=x&gt;", ""))
    assert "default-src 'none'" in text


def test_each_mark_has_a_number_that_leads_to_the_other_and_back():
    text = page_of(work("ana", *MINE, MORE), work("ben", *map(renamed, reversed(MINE)), OTHER), work("cem", MORE))
    numbers = re.findall(
        r'<a class="place"(?: id="([^"]+)")? href="#([^"]+)" aria-label="Passage (\d+)[^"]*">(\d+)<', text
    )
    ids = [id for id, *_ in numbers if id]
    assert len(set(ids)) == len(ids) >= 4
    for id, href, named, shown in numbers:
        assert href in ids and named == shown
        assert not id or (id[:-1] == href[:-1] and {id[-1], href[-1]} == {"0", "1"})
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(re.findall(r'id="([^"]+)"', text))


def test_the_page_gives_no_verdict_and_no_percentage():
    text = page_of(work("ana", *MINE), work("ben", *MINE))
    assert "no verdict" in text
    words = re.sub(r"(?s)<style>.*?</style>|<pre>.*?</pre>", "", text)
    assert "%" not in words and not re.search(r"(?i)cheat|plagiar|guilty", words)
    assert "No two stand out." in page_of(work("ana", *MINE), work("ben", OTHER))


def test_the_command_lists_pairs_and_writes_a_page_for_its_owner_alone(handed_in, tiny_course, capsys):
    handed_in("ana", *MINE)
    handed_in("ben", *map(renamed, MINE))
    handed_in("cem", OTHER)
    handed_in("dora").write_bytes(b"%PDF-1.7")
    assert main(["similar", "pooling"]) == 0
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert lines[0] == "4 submissions"
    assert lines[1].startswith("ana and ben: identical but for names")
    assert len(lines) == 3
    assert "dora: pooling.ipynb: the file is no notebook" in said.err
    page = tiny_course.report("pooling.similar")
    assert str(page) in lines[2]
    assert page.stat().st_mode & 0o077 == 0
    assert main(["similar", "pooling", "--json"]) == 0
    pair, summary = map(json.loads, capsys.readouterr().out.splitlines())
    assert [one["owner"] for one in pair["works"]] == ["ana", "ben"]
    first, second = pair["passages"][0]["places"]
    assert first[0]["text"] != second[0]["text"] == renamed(first[0]["text"])
    assert (summary["summary"]["students"], summary["summary"]["pairs"]) == (4, 1)


def test_past_terms_and_published_solutions_are_compared_with(handed_in, tiny_course, tmp_path, capsys):
    handed_in("ana", *MINE)
    handed_in("cem", OTHER)
    past, published = tmp_path / "2025", tmp_path / "published"
    for student, id in (("old", "pooling"), ("older", "another")):
        (past / student / id).mkdir(parents=True)
        nbformat.write(new_notebook(cells=[*map(new_code_cell, MINE)]), past / student / id / f"{id}.ipynb")
    published.mkdir()
    (published / "found.py").write_text("# %% [markdown]\n# words\n# %%\n" + "\n# %%\n".join(map(renamed, MINE)))
    assert main(["similar", "pooling", "--against", str(past), "--against", str(published)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("2 submissions, and 2 other works\n")
    assert "ana and 2025/old/pooling/pooling.ipynb: identical" in said
    assert "ana and published/found.py: identical but for names" in said
    assert "cem" not in said
    assert "is not of this class" in tiny_course.report("pooling.similar").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "nobody handed in pooling"),
        (["--against", "nowhere"], "is no folder"),
        (["--against", "empty"], "has no notebook and no Python file"),
    ],
)
def test_what_cannot_be_compared_is_told_in_a_line(handed_in, tiny_course, options, said, capsys):
    (tiny_course.root / "empty").mkdir()
    if options:
        handed_in("ana", *MINE)
    assert main(["similar", "pooling", *options]) == 2
    error = capsys.readouterr().err
    assert said in error and len(error.splitlines()) == 1


def test_grading_tells_groups_of_those_alike(handed_in, tiny_course):
    cells = {
        "ana": MINE,
        "ben": map(renamed, MINE),
        "cem": (OTHER, MORE),
        "dora": MINE,
        "emil": (MORE, OTHER),
        "fay": (),
    }
    for student, own in cells.items():
        handed_in(student, *own)
    folders = {student: tiny_course.submitted("pooling", student) for student in cells}
    groups = find_alike(folders, tiny_course.released("pooling"))
    assert groups == [["ana", "ben", "dora"], ["cem", "emil"]]
    assert find_alike({"ana": folders["ana"]}, tiny_course.released("pooling")) == []
    assert find_alike(folders, tiny_course.root / "no release") != []


def test_an_untouched_class_has_nothing_in_common(handed_in, tiny_course):
    for student in ("ana", "ben", "cem"):
        handed_in(student)
    folders = {student: tiny_course.submitted("pooling", student) for student in ("ana", "ben", "cem")}
    assert find_alike(folders, tiny_course.released("pooling")) == []


def test_a_work_is_all_notebooks_and_python_files_of_a_student(handed_in, tiny_course):
    for student in ("ana", "ben"):
        path = handed_in(student, OTHER if student == "ana" else MORE)
        (path.parent / "mine.py").write_text("".join(MINE), encoding="latin-1")
        second = new_notebook(cells=[new_markdown_cell(f"I am {student}.")])
        nbformat.write(second, path.with_name("second.ipynb"))
    folders = {student: tiny_course.submitted("pooling", student) for student in ("ana", "ben")}
    assert find_alike(folders, tiny_course.released("pooling")) == [["ana", "ben"]]
