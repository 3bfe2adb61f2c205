"""The verdicts of `cnnkit demo`'s class on this machine as it is, and beside busy processes: the same, or status 1.

    python benchmarks/under_load.py [--busy 8]

Each busy process has a session of its own, since Linux may share the cores among sessions first. The second run
takes about as many times as long as there are processes that want a core.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cnngrader.commands.grade_demo import ASSIGNMENT, grade_demo
from cnngrader.course import Course
from cnngrader.grading.journal import Journal
from cnngrader.submission.verdict import Verdict
from cnngrader.workers.pool import cores

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """That many processes which never rest."""
    program = [sys.executable, "-S", "-c", "while True: pass"]
    running = [subprocess.Popen(program, start_new_session=True) for _ in range(processes)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def grade(folder: Path) -> tuple[dict[str, Verdict], int, float]:
    """({student: verdict}, the demo's exit status, seconds)."""
    begun = time.monotonic()
    status = grade_demo(Course(ROOT, ROOT / "course"), folder)
    entries = Journal(Course(ROOT, folder / "course").journal(ASSIGNMENT)).latest()
    return {student: entry.verdict for student, entry in entries.items()}, status, time.monotonic() - begun


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--busy", type=int, default=8, help="busy processes a core (default: 8)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        load = f"{os.getloadavg()[0]:.1f}"
        alone, status_alone, seconds_alone = grade(Path(folder) / "alone")
        with busy(options.busy * cores()):
            beside, status_beside, seconds_beside = grade(Path(folder) / "beside")
    print(f"\n{cores()} cores, at a load of {load}, and beside {options.busy * cores()} busy processes more\n")
    print("| student | alone | s | beside them | s |\n|---|---|---|---|---|")
    different = 0
    for student, one in alone.items():
        other = beside[student]
        same = (one.status, one.score) == (other.status, other.score)
        different += not same
        verdicts = (f"{v.status} {v.score:g} | {v.seconds:.0f}" for v in (one, other))
        print(f"| {student} | {' | '.join(verdicts)} |{'' if same else ' differs'}")
    print(f"| all, exit status | {status_alone} | {seconds_alone:.0f} | {status_beside} | {seconds_beside:.0f} |")
    return int(bool(different or status_alone or status_beside or alone.keys() != beside.keys()))


if __name__ == "__main__":
    sys.exit(main())
