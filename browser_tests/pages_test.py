"""The pages of a class that is graded: what students get, and what the course sees."""

import pytest
from accessible import WIDTHS, serious, too_wide

PAGES = {"feedback": "feedback/*/*/*.html", "reports": "reports/**/*.html"}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", PAGES)
def test_a_page_can_be_read_by_everybody(kind, scheme, width, browser, course, keep):
    pages = sorted(course.glob(PAGES[kind]))
    assert pages
    context = browser.new_context(viewport=WIDTHS[width], color_scheme=scheme)
    page = context.new_page()
    found = {}
    for path in pages:
        page.goto(path.as_uri())
        page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
        keep(page, path.parts[-3], path.stem)
        wide = ["one has to scroll sideways"] if too_wide(page) else []
        if faults := serious(page) + wide:
            found[str(path.relative_to(course))] = faults
    context.close()
    assert found == {}
