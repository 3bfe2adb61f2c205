"""What axe-core finds on a page."""

import json

from axe_playwright_python.sync_playwright import Axe

SERIOUS = ("serious", "critical")
WIDTHS = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


def serious(page, within=None):
    """What is serious, in words: of the page, or of what a selector names."""
    found = Axe().run(page, context=within and {"include": [within]}).response["violations"]
    return [
        f"{rule['id']}: {rule['help']}: {json.dumps(node['target'])} {node['html'][:200]} {node['failureSummary']}"
        for rule in found
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]


def too_wide(page, within="html"):
    """Whether one has to scroll sideways to read it."""
    return page.locator(within).last.evaluate("element => element.scrollWidth > element.clientWidth + 1")
