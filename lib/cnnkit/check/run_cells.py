"""Which cells of a notebook were run, and when: what was run after the notebook was saved may be in no file."""

import time
from functools import cache
from pathlib import Path
from typing import Any

from cnnkit.check.saved_notebook import sources_of


class RunCells:
    """What was run, cell by cell, in a running notebook."""

    def __init__(self) -> None:
        self._times: dict[str, float] = {}  # {source: when it was run last}
        self._now = ""

    def begin(self, info: Any) -> None:
        """What IPython calls before each cell. An editor's own questions leave nothing in the history."""
        if info.store_history:
            self._now = (info.raw_cell or "").strip()
            self._times[self._now] = time.time()

    def unsaved(self, path: Path) -> list[str]:
        """The sources that were run since the notebook's file was written and are not in it, the latest last.

        The cell that asks is none of them.
        """
        saved, written = path.stat().st_mtime, set(sources_of(path))
        run = sorted((when, source) for source, when in self._times.items() if source != self._now)
        return [source for when, source in run if when > saved and source not in written]


@cache
def note_runs(shell: Any) -> RunCells:
    """What is run from now on in this IPython shell. A second call returns the same."""
    cells = RunCells()
    shell.events.register("pre_run_cell", cells.begin)
    return cells
