"""What leaks is found wherever it is written and however, and nothing else is."""

import base64
import io
import zipfile

import nbformat
import pytest

from cnngrader.authoring.build import build_notebook
from cnngrader.authoring.rubric import Rubric
from cnngrader.verifying.leaks import leaks

SOLUTION = "return np.sum(window) / window.size"
HIDDEN = "for shape in ((2, 3), (5, 1), (4, 4)):"
WRITTEN = "It loses where exactly in the window something was, and gains smaller maps and some"


@pytest.fixture
def told(window):
    """told(change) is what leaks once `change` was made to the released notebook; told(name=bytes) adds a file."""
    rubric = Rubric(window.assignment.rubric)
    solution = build_notebook(window.assignment, rubric)

    def told(change=lambda cells: None, **files):
        notebook = nbformat.reads(window.release["window.ipynb"].decode(), as_version=4)
        change(notebook.cells)
        release = {**window.release, "window.ipynb": nbformat.writes(notebook).encode()}
        return list(leaks(solution, rubric, release | {name.replace("_", "."): data for name, data in files.items()}))

    return told


def markdown(text):
    return lambda cells: cells.append(nbformat.v4.new_markdown_cell(text))


def code(text, **more):
    return lambda cells: cells.append(nbformat.v4.new_code_cell(text, **more))


def above_its_region(cells):
    (cell,) = [cell for cell in cells if cell.id == "answer-window-mean"]
    cell.source = cell.source.replace('"""\n', f'"""\n    # {SOLUTION}\n', 1)


def in_metadata(cells):
    cells[0].metadata["hint"] = {"later": [SOLUTION]}


def attached(cells):
    cells[0].attachments = {"a.svg": {"image/svg+xml": base64.b64encode(f"<text>{SOLUTION}</text>".encode()).decode()}}


OUTPUT = nbformat.v4.new_output("execute_result", {"text/html": "<b>np.sum(window)</b>", "text/plain": SOLUTION})
PLACES = {
    "text": markdown(f"Write this:\n\n    {SOLUTION}\n"),
    "text in backticks": markdown(f"Write `{SOLUTION}`."),
    "a part of the line": markdown("It is `np.sum(window)/window.size`, of course."),
    "another name": code("mean = np.sum(window) / window.size"),
    "a plain cell": code(SOLUTION.removeprefix("return ")),
    "two lines": code("np.sum(\n    window,\n) / \\\n    window.size"),
    "a comment": code(f"# {SOLUTION}"),
    "a comment above its region": above_its_region,
    "an output": code("1", outputs=[OUTPUT]),
    "metadata": in_metadata,
    "an attachment": attached,
    "a quotation in HTML": markdown("> <code>np.sum(window) &#47; window.size</code>"),
}


def test_nothing_leaks_from_what_a_new_assignment_releases(told):
    assert told() == []


@pytest.mark.parametrize("place", PLACES)
def test_a_solution_is_found_wherever_it_stands(told, place):
    (problem,) = told(PLACES[place])
    assert problem.startswith("window.ipynb, in the cell that begins ")
    assert problem.endswith(f"gives away of answer-window-mean: {SOLUTION}")


@pytest.mark.parametrize("line", [HIDDEN, f"`{HIDDEN}`", f"# {HIDDEN}", "shape in ((2, 3), (5, 1), (4, 4))"])
def test_a_hidden_test_is_found_in_a_text(told, line):
    (problem,) = told(markdown(f"There is {line} in it."))
    assert problem.endswith(f"gives away of a hidden test: {HIDDEN}")


def test_a_written_answer_is_found_by_its_sentences(told):
    (problem,) = told(markdown(f"*{WRITTEN}*\n*indifference to small shifts.*"))
    assert "gives away of lost-and-gained: It loses where" in problem


def test_files_beside_the_notebook_are_read_archives_and_notebooks_too(told):
    packed = io.BytesIO()
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SOLUTION)])
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("more.ipynb", nbformat.writes(notebook))
    for name, data in {
        "notes_txt": SOLUTION.encode(),
        "wide_txt": SOLUTION.encode("utf-16"),
        "checks_py": f"x = 1\n{SOLUTION}\n".encode(),
        "more_zip": packed.getvalue(),
    }.items():
        (problem,) = told(**{name: data})
        assert problem.startswith(name.replace("_", "."))
    assert told(picture_png=bytes(range(256)) * 9) == []


@pytest.mark.parametrize(
    "text", ["Divide the sum by the size of the window.", "`np.sum(window)`", "for shape in shapes:", "window.size / 2"]
)
def test_words_and_idioms_are_no_leak(told, text):
    assert told(markdown(text)) == []


@pytest.fixture
def marked(pooling):
    """marked(comment): what leaks of "pooling" with this comment at its solution's line, which is released."""

    def marked(comment, released=SOLUTION):
        text = pooling.source.read_text()
        pooling.source.write_text(text.replace(SOLUTION, f"{SOLUTION}  {comment}"))
        rubric = Rubric(pooling.rubric)
        return list(leaks(build_notebook(pooling, rubric), rubric, {"notes.txt": released.encode()}))

    return marked


def test_what_is_marked_as_given_with_a_reason_is_meant(marked):
    assert marked("# given: the text shows it") == []


def test_a_mark_without_a_reason_counts_for_nothing(marked):
    assert marked("# given:") == [f"of answer-window-mean: `# given:` without a reason: {SOLUTION}"]


def test_a_mark_on_what_is_not_released_is_told(marked):
    (problem,) = marked("# given: the text shows it", released="nothing")
    assert problem == f"of answer-window-mean: marked as given, and nowhere in the release: {SOLUTION}"


def test_lines_that_are_short_one_by_one_are_found_together(pooling):
    short = ["a = x + y", "b = a * z", "c = b - y", "d = c / a"]
    body = "\n".join(f"    {line}" for line in short)
    pooling.source.write_text(pooling.source.read_text().replace(f"    {SOLUTION}", body))
    rubric = Rubric(pooling.rubric)
    solution = build_notebook(pooling, rubric)
    assert list(leaks(solution, rubric, {"a.txt": short[0].encode()})) == []
    assert list(leaks(solution, rubric, {"a.txt": "\n".join(short).encode()}))
