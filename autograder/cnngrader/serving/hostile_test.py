"""In a browser, nothing that a student wrote runs on any page."""

import shutil
import subprocess
from urllib.parse import quote

import pytest

from cnngrader.serving.conftest import EVIL, NAME, WRITTEN

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
STUDENT = f"/assignment/window/student/{quote(NAME, safe='')}"
PAGES = [
    "/assignment/window",
    f"/assignment/window/written/{WRITTEN}",
    STUDENT,
    f"{STUDENT}/page",
    f"{STUDENT}/log",
    "/report/window.html",
]
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="Chromium is not there")


def shown(address, folder):
    """The page after all that runs in it has run."""
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-proxy-server"]
    command = [CHROMIUM, *flags, f"--user-data-dir={folder}", "--dump-dom", address]
    return subprocess.run(command, capture_output=True, text=True, timeout=600).stdout


def test_where_nothing_prevents_it_it_runs(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(f"<!DOCTYPE html><html><body>{EVIL}")
    assert "data-ran" in shown(page.as_uri(), tmp_path / "profile").split("<body")[0]


@pytest.mark.parametrize("path", PAGES, ids=["class", "answers", "student", "feedback", "log", "report"])
def test_nothing_of_a_student_runs(stranger, tmp_path, path):
    page = shown(f"{stranger.base}{path}?token={stranger.access.token}", tmp_path / "profile")
    assert "eve" in page, "the page is shown"
    assert "data-ran" not in page.split("<body")[0]
