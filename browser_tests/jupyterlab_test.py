"""Each assignment in JupyterLab: a cell is run, a wrong answer and a right one are checked."""

import json
import re
import tomllib

import pytest
from accessible import WIDTHS, serious, too_wide
from lab import ROOT

THEMES = ("JupyterLab Light", "JupyterLab Dark")
CHECKED = {
    "alexnet_counting": "output-size",
    "conv_by_hand": "col2im",  # its wrong array is drawn
    "mnist_cnn": "cross-correlation",  # its wrong array is drawn
    "training": "batch-norm",
    "unet": "unpooling",
    "visualize_and_fool": "",
}


def solution(assignment, answer):
    text = (ROOT / "solutions" / assignment / f"{assignment}.py").read_text(encoding="utf-8")
    cell = re.search(rf'(?ms)^# %% answer="{answer}"\n(.*?)^# %%', text)[1]
    return re.sub(r"(?m)^ *### (BEGIN|END) SOLUTION\n", "", cell).strip()


def mistake(assignment, answer):
    """The solution with the first usual mistake in it."""
    text = (ROOT / "solutions" / assignment / "mutants.toml").read_text(encoding="utf-8")
    mutant = next(each for each in tomllib.loads(text)["mutant"] if each["answer"] == answer and "edits" in each)
    source = solution(assignment, answer)
    for old, new in mutant["edits"]:
        assert old in source
        source = source.replace(old, new)
    return source


def cells_of(assignment):
    """{id: place} of nbgrader's cells."""
    notebook = json.loads((ROOT / "assignments" / assignment / f"{assignment}.ipynb").read_text(encoding="utf-8"))
    marks = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in notebook["cells"]]
    return {mark: place for place, mark in enumerate(marks) if mark}


@pytest.mark.parametrize("assignment", CHECKED)
def test_an_answer_is_written_and_checked(assignment, lab, keep):
    places = cells_of(assignment)
    answer = CHECKED[assignment] or next(id for id in places if f"answer-{id}" in places)
    lab.open(f"{assignment}/{assignment}.ipynb")
    lab.run_above(places[answer])
    shown = lab.run(places[answer])
    for source, kind in ((mistake(assignment, answer), "wrong"), (solution(assignment, answer), "okay")):
        lab.write(places[f"answer-{answer}"], source)
        lab.run(places[f"answer-{answer}"])
        shown = lab.run(places[answer])
        shown.locator(f".cnnkit-check li.{kind}").first.wait_for()
        look_at(lab, shown, keep, kind)
    assert shown.locator("li.wrong").count() == 0


def look_at(lab, shown, keep, kind):
    """At each width, in each theme: it fits, it can be read, and JupyterLab kept all of it."""
    for width, size in WIDTHS.items():
        lab.page.set_viewport_size(size)
        for theme in THEMES:
            lab.theme(theme)
            shown.last.scroll_into_view_if_needed()
            keep(lab.page, kind, width, theme)
            assert serious(lab.page, ".cnnkit-check") == []
            assert not too_wide(lab.page, ".cnnkit-check"), f"{kind} at {size}"


def test_the_overview_a_hint_what_is_printed_and_a_cell_that_waits_can_be_read(lab, keep):
    places = cells_of("alexnet_counting")
    lab.open("alexnet_counting/alexnet_counting.ipynb")
    lab.run_above(places["alexnet-table"] + 2)
    lab.page.locator(".cnnkit-waiting").first.wait_for()
    assert serious(lab.page, ".cnnkit-waiting") == []
    lab.add(places["locked-setup"], f"def conv_size(*edges, **more): print('{'x' * 300}')")
    for source in ("check()", 'check("output-size", hint=1)', 'check("output-size")'):
        shown = lab.add(places["locked-setup"] + 1, source)
        shown.locator(".cnnkit-check").wait_for()
        shown.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
        look_at(lab, shown, keep, source)
