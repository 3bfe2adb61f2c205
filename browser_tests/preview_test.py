"""The cell by which a notebook is handed in, in JupyterLab."""

import json

from accessible import WIDTHS, serious, too_wide
from lab import ROOT

THEMES = ("JupyterLab Light", "JupyterLab Dark")
ID = "alexnet_counting"


def test_the_last_cell_shows_what_the_grader_will_see(lab, keep):
    cells = json.loads((ROOT / "assignments" / ID / f"{ID}.ipynb").read_text(encoding="utf-8"))["cells"]
    last = len(cells) - 1
    lab.open(f"{ID}/{ID}.ipynb")
    lab.save()
    lab.run_above(last)
    shown = lab.run(last)
    shown.get_by_text("The file to hand in").wait_for()
    assert shown.get_by_text("is not written yet").count()
    for width, size in WIDTHS.items():
        lab.page.set_viewport_size(size)
        for theme in THEMES:
            lab.theme(theme)
            shown.last.scroll_into_view_if_needed()
            keep(lab.page, width, theme)
            assert serious(lab.page, ".cnnkit-check") == []
            assert not too_wide(lab.page, ".cnnkit-check")
    lab.add(last - 2, "my_new_cell = 1")
    shown = lab.run(last + 1)
    shown.get_by_text("is not saved").wait_for()
    assert shown.get_by_text("my_new_cell").count()
    keep(lab.page, "unsaved")
    lab.save()
    shown = lab.run(last + 1)
    shown.get_by_text("The file to hand in").wait_for()
