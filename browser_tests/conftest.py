"""Chromium, JupyterLab as a student has it, and a class that is graded. `make test-browser` runs these tests."""

import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from lab import ROOT, Lab
from playwright.sync_api import sync_playwright

BIN = ROOT / ".venv" / "bin"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="session")
def browser():
    if CHROMIUM is None:
        pytest.fail("There is no Chromium. On Debian: apt-get install chromium. Or name one: CHROMIUM=/path/of/it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def jupyterlab(tmp_path_factory):
    """The address of a JupyterLab in whose folder the released assignments lie."""
    home = tmp_path_factory.mktemp("jupyterlab")
    work = shutil.copytree(ROOT / "assignments", home / "work")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}', encoding="utf-8")
    own = {
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "HOME": home,
        "JUPYTER_CONFIG_DIR": home / "config",
        "IPYTHONDIR": home / "ipython",
    }
    options = [f"--ServerApp.root_dir={work}", f"--ServerApp.port={port}", "--IdentityProvider.token="]
    options += ["--no-browser", "--allow-root", "--expose-app-in-browser"]
    with (home / "log.txt").open("wb") as log:
        server = subprocess.Popen(
            [BIN / "jupyter-lab", *options], stdout=log, stderr=log, cwd=work, env=os.environ | own
        )
    address = f"http://127.0.0.1:{port}"
    try:
        while not _answers(f"{address}/api"):
            assert server.poll() is None, (home / "log.txt").read_text(encoding="utf-8")
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait()


def _answers(address):
    try:
        return urllib.request.urlopen(address, timeout=60).status == 200
    except OSError:
        return False


@pytest.fixture
def lab(browser, jupyterlab):
    context = browser.new_context()
    context.set_default_timeout(600_000)  # TensorFlow is imported meanwhile, on a machine that may be busy
    yield Lab(context.new_page(), jupyterlab)
    context.close()


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """The course of the made-up class: graded, with pages for its students and reports."""
    if ready := os.environ.get("CNNKIT_DEMO"):
        course = Path(ready) / "course"
    else:
        folder = tmp_path_factory.mktemp("demo")
        subprocess.run([BIN / "cnnkit", "demo", "--folder", folder / "demo"], cwd=ROOT, check=True)
        course = folder / "demo" / "course"
    subprocess.run([BIN / "cnnkit", "report", "--course", course], cwd=ROOT, check=True)
    return course


@pytest.fixture
def keep(request):
    """keep(page): a screenshot in the folder that CNNKIT_SCREENSHOTS names, for people to look at."""
    folder = os.environ.get("CNNKIT_SCREENSHOTS")

    def keep(page, *names):
        if folder:
            name = re.sub(r"\W+", "-", "-".join([request.node.name, *names])).strip("-")
            page.screenshot(path=Path(folder) / f"{name}.png")

    return keep
