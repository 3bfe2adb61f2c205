"""The documentation as a site: `make docs` writes it to dist/docs."""

import os
import re
import shutil
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from docutils import nodes
from latex2mathml.converter import convert

import cnnkit

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent

project = html_title = "cnnkit"
language = "en"
release = version = cnnkit.__version__
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_math_renderer = "mathml"  # which browsers show without a script
html_show_sphinx = html_copy_source = html_show_sourcelink = False
html_show_copyright = False

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # students run them

autodoc_member_order = "bysource"
autodoc_typehints = "none"
default_role = "code"
napoleon_custom_sections = [("Input shape", "params_style"), ("Output shape", "params_style")]


def setup(app: Any) -> None:
    app.connect("builder-inited", lambda app: lay_notebooks())
    app.connect("autodoc-process-docstring", escape_bars)
    app.connect("source-read", turn_links)
    app.connect("build-finished", lambda app, error: make_reachable(Path(app.outdir)))
    app.add_html_math_renderer("mathml", (write_math, None), (write_math_block, None))


def lay_notebooks() -> None:
    """Sphinx reads what lies below its own folder."""
    folder = HERE / "assignments"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for notebook in (ROOT / "assignments").glob("*/*.ipynb"):
        shutil.copy(notebook, folder)
        for beside in notebook.parent.glob("*"):
            if beside.suffix in {".png", ".jpg", ".svg"}:
                shutil.copy(beside, folder)


def write_math(writer: Any, node: nodes.math) -> None:
    writer.body.append(convert(node.astext()))
    raise nodes.SkipNode


def write_math_block(writer: Any, node: nodes.math_block) -> None:
    writer.body.append(f'<div class="math" tabindex="0">{convert(node.astext(), display="block")}</div>')
    raise nodes.SkipNode


def make_reachable(folder: Path) -> None:
    """What is scrolled sideways is so by the keyboard, too; captions of the contents tell their level."""
    for page in folder.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        text = text.replace("<pre>", '<pre tabindex="0">').replace(
            'class="table-wrapper', 'tabindex="0" class="table-wrapper'
        )
        text = text.replace('class="caption" role="heading"', 'class="caption" role="heading" aria-level="2"')
        page.write_text(text, encoding="utf-8")


def turn_links(app: Any, name: str, source: list[str]) -> None:
    """What lies elsewhere in the repository is a page here."""
    source[0] = source[0].replace("](../autograder/SECURITY.md)", "](security.md)")


def escape_bars(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """|x| is an absolute value here, and a substitution in reStructuredText."""
    lines[:] = [line if line.lstrip().startswith(">>>") else re.sub(r"\|", r"\\|", line) for line in lines]
