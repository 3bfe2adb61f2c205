"""Pasted pictures stay, and nbconvert opens every notebook, whatever it names."""

import base64

import nbformat
import pytest
from nbconvert import HTMLExporter

from cnngrader.submission import attachments as module
from cnngrader.submission.attachments import keep_attachments

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n picture").decode()


def cell(text, kind="markdown", **attachments):
    made = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}[kind](text)
    made.attachments = nbformat.from_dict(attachments)
    return made


def page(*cells):
    notebook = nbformat.v4.new_notebook(cells=list(cells))
    nbformat.validate(notebook)
    return HTMLExporter().from_notebook_node(notebook)[0]


@pytest.mark.parametrize("data", [PNG, [PNG[:7] + "\n", PNG[7:]]], ids=["text", "lines"])
def test_a_pasted_picture_is_kept_and_shown(data):
    pasted = cell("![image.png](attachment:image.png)", **{"image.png": {"image/png": data}})
    assert keep_attachments([pasted]) == []
    assert pasted.attachments == {"image.png": {"image/png": PNG}}
    assert f"data:image/png;base64,{PNG}" in page(pasted)


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("my picture.png", "my%20picture.png"),
        ("my picture.png", "<attachment:my picture.png>"),
        ("bild-ä.png", "bild-ä.png"),
        ("bild-ä.png", "bild-%C3%A4.png"),
        ("a(1).png", "a(1).png"),
        ("a&b.png", "a&b.png"),
    ],
)
def test_a_picture_of_any_name_is_shown(name, link):
    link = link if link.startswith("<") else f"attachment:{link}"
    pasted = cell(f"See ![it]({link})", **{name: {"image/png": PNG}})
    assert keep_attachments([pasted]) == []
    assert PNG in page(pasted)


MISSING = {
    "nothing attached": {},
    "another name": {"b.png": {"image/png": PNG}},
    "no picture": {"a.png": {"text/html": PNG}},
    "called a picture": {"a.png": {"image/png": base64.b64encode(b"<script>").decode()}},
    "no base64": {"a.png": {"image/png": '"onerror="x'}},
    "no bundle": {"a.png": None},
    "no text": {"a.png": {"image/png": 3}},
}


@pytest.mark.parametrize("attachments", MISSING.values(), ids=MISSING)
def test_one_that_is_missing_or_no_picture_is_told_in_the_cell(attachments):
    made = nbformat.v4.new_markdown_cell("![a](attachment:a.png) and ![c](attachment:c.png)")
    made.attachments = attachments | {"c.png": {"image/png": PNG}}
    assert keep_attachments([made]) == ["a.png"]
    assert set(made.attachments) == {"c.png"}
    assert "no picture: <code>a.png</code>" in page(made)


@pytest.mark.parametrize(
    "text",
    [
        "![a](attachment&#58;a.png)",
        "![a](attachment\\:a.png)",
        "![a](&#97;ttachment:a.png)",
        "![a](attachment&colon;a.png)",
        "![a](<attachment:a b.png>)",
        "![a](attachment:)",
        '![a](attachment:"x")',
        "![a](attachment:a(b).png 'title')",
        "![a][r]\n\n[r]: attachment:a.png",
        "<img src='attachment:a.png'>",
        "`attachment:a.png`",
        "![a](attachment:attachment:a.png)",
    ],
)
def test_nbconvert_opens_whatever_names_what_is_not_there(text):
    made = cell(text)
    keep_attachments([made])
    assert page(made)


def test_sizes_are_bounded_and_what_no_text_shows_is_left_out(monkeypatch):
    monkeypatch.setattr(module, "MOST_BYTES", 3 * len(PNG))
    many = [
        cell("![a](attachment:a.png)", **{"a.png": {"image/png": PNG}, "b.png": {"image/png": PNG}}) for _ in "12345"
    ]
    assert keep_attachments(many) == ["a.png"] * 2
    assert [list(made.get("attachments", {})) for made in many] == [["a.png"]] * 3 + [[]] * 2
    code = cell("x", "code", **{"a.png": {"image/png": PNG}})
    assert keep_attachments([code]) == []
    assert "attachments" not in code
