"""What a student is told of their machine and folder."""

import os
import sys
from contextlib import chdir
from types import SimpleNamespace

import pytest

from cnngrader import diagnosis
from cnngrader.commands.main import main
from cnngrader.diagnosis import BAD, GOOD, LESS
from cnngrader.handout import workplace
from cnngrader.handout.handout import Handouts
from cnngrader.handout.lay_out import lay_out
from cnngrader.handout.workplace import examine_workplace
from cnngrader.installed import Package


@pytest.fixture(autouse=True)
def _installed(monkeypatch):
    """All packages, which takes seconds to find out."""
    monkeypatch.setattr(diagnosis, "packages", lambda extra: [Package("numpy", "2.4")])


@pytest.fixture
def unet(tmp_path):
    return lay_out(Handouts().find("unet"), tmp_path).notebook


def said(folder) -> dict[str, tuple[str, str]]:
    return {each.subject: (each.state, each.remedy) for each in examine_workplace(folder)}


def test_where_all_is_there_it_says_so(unet, capsys):
    assert {state for state, _ in said(unet.parent).values()} == {GOOD}
    with chdir(unet.parent):
        assert main(["doctor", "--student"]) == 0
    assert "You can work here." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("damage", "state", "remedy"),
    [
        (lambda unet: unet.with_name("checks.py").unlink(), BAD, "leaves your work"),
        (lambda unet: unet.write_text("not json"), BAD, "cnnkit start"),
        (lambda unet: unet.write_text(unet.read_text().replace(', \\"', ', \\"f')), LESS, "cnnkit update"),
        (lambda unet: unet.write_text('{"cells": []}'), GOOD, ""),
    ],
    ids=["no checks.py", "no notebook", "another release", "their own notebook"],
)
def test_what_is_wrong_with_a_notebook_has_a_remedy(unet, damage, state, remedy):
    damage(unet)
    found, told = said(unet.parent)["unet.ipynb"]
    assert found == state
    assert remedy in told


def test_a_notebook_that_an_update_has_kept_is_no_concern(unet):
    unet.with_name("unet.00112233.ipynb").write_text(unet.read_text())
    unet.with_name("unet.before-2.ipynb").write_text("{}")
    assert [subject for subject in said(unet.parent) if subject.endswith(".ipynb")] == ["unet.ipynb"]


def test_what_is_not_installed_has_a_remedy(unet, monkeypatch):
    gone = Package("keras", "", "not installed", "pip install keras")
    monkeypatch.setattr(diagnosis, "packages", lambda extra: [gone])
    assert said(unet.parent)["keras"] == (BAD, "pip install keras")
    monkeypatch.setattr(workplace, "find_spec", lambda name: None)
    assert said(unet.parent)["JupyterLab"][0] == LESS


def test_a_kernel_of_another_python_is_told(unet, monkeypatch):
    from jupyter_client.kernelspec import KernelSpecManager

    for python, state in (("python", GOOD), (sys.executable, GOOD), ("/other/bin/python", BAD)):
        specs = {"python3": {"spec": {"argv": [python, "-m", "ipykernel_launcher"]}}}
        monkeypatch.setattr(KernelSpecManager, "get_all_specs", lambda manager, specs=specs: specs)
        assert said(unet.parent)["JupyterLab"][0] == state


def test_an_empty_folder_is_told_where_to_go(tmp_path):
    assert "cnnkit start" in said(tmp_path)["notebook"][1]


def test_where_images_are_prepared_is_looked_at(unet, tmp_path, monkeypatch):
    monkeypatch.setenv("CNNKIT_DATA", str(tmp_path / "data"))
    assert said(unet.parent)["cells/96"] == (GOOD, "")
    (tmp_path / "data" / "cells" / "96").mkdir(parents=True)
    assert said(unet.parent)["cells/96"] == (GOOD, "")
    (tmp_path / "file").touch()
    monkeypatch.setenv("CNNKIT_DATA", str(tmp_path / "file" / "below"))
    assert said(unet.parent)["cells/96"] == (BAD, "let CNNKIT_DATA be a folder of yours")
    monkeypatch.setenv("CNNKIT_DATA", str(tmp_path / "closed"))
    closed = SimpleNamespace(access=lambda *_: False, environ=os.environ, W_OK=os.W_OK)
    monkeypatch.setattr(workplace, "os", closed)
    assert said(unet.parent)["cells/96"][0] == BAD
