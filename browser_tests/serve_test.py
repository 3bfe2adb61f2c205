"""What `cnnkit serve` shows of a class that is graded."""

import re
import subprocess

import pytest
from accessible import WIDTHS, serious, too_wide

from conftest import BIN

ONE = "/assignment/mnist_cnn"
PAGES = {
    "the term": "/",
    "the class": ONE,
    "a student": f"{ONE}/student/farid",
    "a report": "/report/mnist_cnn",
    "the report of the term": "/report/term",
    "similar pairs": f"{ONE}/similar",
    "export": f"{ONE}/export",
    "written answers": f"{ONE}/written",
    "one written answer": f"{ONE}/written/confusions",
    "a page that is not there": "/nothing",
}


@pytest.fixture(scope="module")
def served(course):
    """The address that is printed, with its token."""
    subprocess.run([BIN / "cnnkit", "similar", "mnist_cnn", "--course", course], check=True)
    command = [BIN / "cnnkit", "serve", "--course", course, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        yield next(line.strip() for line in server.stdout if line.startswith("http://"))
        server.terminate()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_by_everybody(name, scheme, width, browser, served, keep):
    context = browser.new_context(viewport=WIDTHS[width], color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(served)
    page.goto(re.sub(r"/\?token=.*", PAGES[name], served))
    page.wait_for_load_state("networkidle")
    keep(page, name)
    page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
    assert serious(page) == []
    assert not too_wide(page)
    context.close()
