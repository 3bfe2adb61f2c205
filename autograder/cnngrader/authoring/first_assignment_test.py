"""The tutorial does what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cnngrader.sandbox.confine import find_missing

TUTORIAL = Path(__file__).resolve().parents[3] / "docs" / "first_assignment.md"
BLOCK = re.compile(r"(?P<before>[^\n]*)\n+```(?P<kind>\w+)\n(?P<text>.*?)```", re.DOTALL)


def test_the_tutorial_can_be_followed_word_for_word(tmp_path):
    if missing := find_missing():
        pytest.skip(f"this machine cannot confine: {missing[0]}")
    shell = Shell(tmp_path)
    kinds = []
    for block in BLOCK.finditer(TUTORIAL.read_text(encoding="utf-8")):
        kinds.append(block["kind"])
        if block["kind"] == "console":
            shell.follow(block["text"])
        else:
            path = shell.folder / re.search(r"at the end of `(.*?)`:$", block["before"])[1]
            path.write_text(path.read_text(encoding="utf-8") + block["text"], encoding="utf-8")
    assert {"console", "python", "toml"} <= set(kinds)


class Shell:
    def __init__(self, folder):
        self.folder = folder
        bin = str(Path(sys.executable).parent)
        self._environment = os.environ | {"PATH": os.pathsep.join([bin, os.environ["PATH"]]), "COLUMNS": "200"}

    def follow(self, text):
        """Run what stands behind each $, and find each of the lines that follow it in what it prints."""
        for step in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, *lines = step.splitlines()
            if command.startswith("cd "):
                self.folder /= command.removeprefix("cd ")
                continue
            run = ["bash", "-c", command]
            done = subprocess.run(run, cwd=self.folder, env=self._environment, capture_output=True, text=True)
            assert "Traceback" not in done.stderr, done.stderr
            assert done.returncode == 0 or "problems found" in step, done.stdout + done.stderr
            for line in lines:
                expected = re.escape(line).replace(r"\.\.\.", ".*")
                assert re.search(f"^{expected}$", done.stdout, re.MULTILINE), f"{command}: not {line!r}:\n{done.stdout}"
