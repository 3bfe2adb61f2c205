"""A notebook that is open in JupyterLab, in one browser page."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class Lab:
    """Lists and runs cells by JupyterLab's own commands; types as a person does."""

    def __init__(self, page, address):
        self.page = page
        self.address = address

    def open(self, notebook):
        """notebook: its path in the server's folder."""
        self.page.goto(f"{self.address}/doc/tree/{notebook}?reset")
        self.page.wait_for_function("window.jupyterapp?.shell.currentWidget?.context?.isReady")
        # All cells are in the page, whether they are in view or not.
        self.page.evaluate(
            "jupyterapp.shell.currentWidget.content.notebookConfig = {"
            "...jupyterapp.shell.currentWidget.content.notebookConfig, windowingMode: 'none'}"
        )
        self.page.wait_for_function("jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status == 'idle'")

    def execute(self, command, **arguments):
        self.page.evaluate(f"jupyterapp.commands.execute({json.dumps(command)}, {json.dumps(arguments)})")

    def save(self):
        self.execute("docmanager:save")
        self.page.wait_for_function("!jupyterapp.shell.currentWidget.context.model.dirty")

    def theme(self, name):
        self.execute("apputils:change-theme", theme=name)
        light = "false" if "Dark" in name else "true"
        self.page.wait_for_selector(f"body[data-jp-theme-light={light}]", state="attached")

    def cell(self, place):
        return self.page.locator(".jp-Notebook .jp-Cell").nth(place)

    def run_above(self, place):
        self.page.evaluate(f"jupyterapp.shell.currentWidget.content.activeCellIndex = {place}")
        self.execute("notebook:run-all-above")

    def write(self, place, source):
        self.cell(place).locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(source)

    def run(self, place):
        """Runs a cell, and waits for it. Returns what it shows."""
        self.page.evaluate(f"jupyterapp.shell.currentWidget.content.activeCellIndex = {place}")
        self.execute("notebook:run-cell")
        return self.cell(place).locator(".jp-OutputArea-output")

    def add(self, place, source):
        """A cell below another one, run. Returns what it shows."""
        self.page.evaluate(f"jupyterapp.shell.currentWidget.content.activeCellIndex = {place}")
        self.execute("notebook:insert-cell-below")
        self.write(place + 1, source)
        return self.run(place + 1)
