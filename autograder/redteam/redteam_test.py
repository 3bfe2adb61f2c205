"""The quickest attacks, graded as a class; `make redteam` grades all, in every setting."""

import pytest

from cnngrader.sandbox.confine import find_missing
from redteam.active import active_in_notebook, active_in_page
from redteam.attack import FAMILIES, attacks
from redteam.graded_class import grade_class
from redteam.setting import settings

ALL = list(attacks())


@pytest.fixture(scope="module")
def graded():
    if missing := find_missing():
        pytest.skip(f"this machine cannot confine: {missing[0]}")
    return grade_class([attack for attack in ALL if attack.due.quick], settings()[0])


def test_nothing_of_the_class_is_touched(graded):
    assert graded.of_class == []


@pytest.mark.parametrize("student", [attack.student for attack in ALL if attack.due.quick])
def test_an_attack_comes_to_what_is_due(graded, student):
    assert graded.faults.get(student, []) == []


def test_every_attack_tells_its_story_and_what_stops_it():
    assert {attack.family for attack in ALL} == set(FAMILIES)
    assert all(attack.story.endswith(".") and attack.due.layers for attack in ALL)
    assert len({attack.student for attack in ALL}) == len(ALL)


@pytest.mark.parametrize(
    "page",
    [
        "<script>redteam()</script>",
        "<img src=x onerror='redteam()'>",
        "<a href='java\nscript:redteam()'>x</a>",
        "<link rel=stylesheet href='//redteam.example/x'>",
        "<style>@import url(//redteam.example)</style>",
    ],
)
def test_what_would_run_or_load_is_found(page):
    assert active_in_page(page)
    assert not active_in_page(page.replace("<", "&lt;"))


@pytest.mark.parametrize("kind", ["application/javascript", "application/vnd.jupyter.widget-view+json"])
def test_an_output_that_runs_is_found(kind):
    import json

    cell = {
        "cell_type": "code",
        "source": "",
        "outputs": [{"output_type": "display_data", "data": {kind: "redteam()"}}],
    }
    assert active_in_notebook(json.dumps({"metadata": {}, "cells": [cell]})) == [kind]
