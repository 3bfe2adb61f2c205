import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cnngrader.verifying.accessibility import barriers
from cnngrader.verifying.accessibility.contrast import contrast

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg=="


def of_text(*texts):
    notebook = new_notebook(cells=[new_markdown_cell(text) for text in texts])
    return barriers(notebook, notebook)


def of_output(data, metadata=None, source="1"):
    cell = new_code_cell(source, outputs=[new_output("display_data", data, metadata=metadata or {})])
    notebook = new_notebook(cells=[new_markdown_cell("# Title"), cell])
    return barriers(notebook, notebook)


@pytest.mark.parametrize(
    "text",
    [
        "## Part\n\n### Section\n\n## Next part",
        "![a cat](cat.png)",
        '<img alt="a cat" src="cat.png">',
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "| | b |\n|---|---|\n| 1 | 2 |",
        "Look at [the lecture](https://example.org).",
        "[![The lecture](a.png)](https://example.org)",
        '<span style="color: #ffffff; background: #000">white</span>',
        '<p style="color: var(--jp-content-font-color1)">as the theme has it</p>',
        "```python\n# a comment\n```\n\n$a_1 < b_1$ and `<table>`",
    ],
)
def test_what_everybody_can_read_is_no_barrier(text):
    assert of_text("# Title", text) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("# Another", "'Another' is a second title"),
        ("### Deep", "'Deep' is a heading of level 3, and the one before it of level 1. Write it with '##'"),
        ("##", "a heading is empty"),
        ("![](attachment:cat.png)", "an image has no alternative text"),
        ("![cat.png](cat.png)", "the alternative text 'cat.png' says nothing"),
        ('<img src="cat.png">', "an image has no alternative text"),
        ("<svg><path d='M0 0'/></svg>", "a drawing (svg) has no name"),
        ("| | |\n|---|---|\n| 1 | 2 |", "headers of the table '1 2' are empty"),
        ("<table><tr><td>1</td></tr></table>", "the table '1' has no headers"),
        ("Look [here](https://example.org).", "the link 'here' to https://example.org does not say where"),
        ("<https://example.org>", "the link 'https://example.org' to"),
        ('<b style="color: red">no</b>', "'no' is given a colour without a background"),
        ('<font color="red">no</font>', "'no' is given a colour without a background"),
        ('<b style="background: yellow">no</b>', "'no' is given a colour without a colour of the text"),
        ('<b style="color: #777; background: #fff">no</b>', "'no' has a contrast of 4.5. Take"),
    ],
)
def test_a_barrier_is_told_with_its_cell_and_what_to_do(text, says):
    (found,) = of_text("# Title", text)
    assert found.startswith("cell 2: ") and says in found


def test_a_notebook_begins_with_its_title():
    assert of_text("Hello") == ["the notebook has no title. Begin its first cell with `# ...`"]
    assert "Begin with a title" in of_text("## Part")[0]


@pytest.mark.parametrize(
    ("data", "metadata", "count"),
    [
        ({"image/png": PIXEL}, {}, 1),
        ({"image/png": PIXEL}, {"image/png": {"alt": "a point"}}, 0),
        ({"text/html": f'<img src="data:image/png;base64,{PIXEL}">'}, {}, 1),
        ({"text/html": f'<img alt="a point" src="data:image/png;base64,{PIXEL}">', "image/png": PIXEL}, {}, 0),
        ({"text/html": "<table><tr><td>1</td></tr></table>"}, {}, 1),
        ({"text/plain": "1"}, {}, 0),
    ],
)
def test_outputs_are_looked_at(data, metadata, count):
    found = of_output(data, metadata)
    assert len(found) == count and all(line.startswith("output of cell 2: ") for line in found)


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("plt.show()", 1),
        ("# plt.show()", 0),
        ("a.plot(x, color='r', label='x')\na.plot(y, label='y')", 1),
        ("a.plot(x, 'o-', label='x')\na.plot(y, '--', label='y')", 0),
        ("a.plot(x, linestyle='-', label='x')\na.plot(y, ls=':', label='y')", 0),
        ("a.plot(x, label='x')", 0),
        ("%matplotlib inline", 0),
        ("for n in range(3):\n    a.plot(x[n], label=f'{n}')", 1),
        ("for n in range(3):\n    a.plot(x[n], ls=n, label=f'{n}')", 0),
        ("[a.plot(x, label=n) for n in names]", 1),
        ("for n in range(3):\n    a.plot(x[n], label='all')", 0),
        ("for n, style in styles:\n    a.plot(x, y[n], style, label=n)", 0),
        ("a.loglog(x, x, label='x')\na.loglog(x, y, 'o', label='y')", 0),
        ("a.scatter(x, y, label='x')\na.scatter(y, x, label='y')", 1),
        ("a.scatter(x, y, marker='o', label='x')\na.scatter(y, x, marker='x', label='y')", 0),
        ("a.bar(x, y, label='x')\na.bar(x, z, label='y')", 1),
        ("a.bar(x, y, label='x')\na.bar(x, z, hatch='//', label='y')", 0),
        ("a.imshow(x, cmap='jet')", 1),
        ("a.imshow(x, cmap=plt.cm.RdYlGn_r)", 1),
        ("a.imshow(x, cmap='cividis')", 0),
        ("a.plot(x, color='red')\na.plot(y, color='tab:green')", 1),
        ("a.plot(x, color='red')\na.plot(y, color='#0072B2')", 0),
        ("a.text(0, 0, 'red', color='#D55E00')\na.plot(y, color='green')", 1),
    ],
)
def test_code_is_looked_at_where_it_is_not_run(source, count):
    found = of_output({"text/plain": "1"}, source=source)
    assert len(found) == count and all(line.startswith("cell 2: ") for line in found)


def test_an_attached_image_that_is_not_there_is_told():
    found = of_text("# Title", "![a cat](attachment:cat.png)")
    assert found and "cannot write it: missing attachment: cat.png" in found[0]


def test_contrast_is_that_of_wcag():
    assert contrast((0, 0, 0), (1, 1, 1)) == contrast((1, 1, 1), (0, 0, 0)) == pytest.approx(21)
    assert contrast((0x77 / 255,) * 3, (1, 1, 1)) == pytest.approx(4.48, abs=0.01)
