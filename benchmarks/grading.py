"""Seconds a submission: nbgrader, two nbgrader processes side by side, `cnnkit grade`, and the floor.

The same five-cell Keras notebook is handed in by each student. Every way pays for all that it
does, starting Python and importing TensorFlow included, and every score is checked. The floor pays
for nothing but the cells: a process that has imported everything is forked into two, which run them.

    python benchmarks/grading.py [--submissions 8] [--otter DIR]
"""

import argparse
import json
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import nbformat

POINTS = 2
CELLS = {
    "setup": """import keras
import numpy as np
from sklearn.datasets import load_digits

digits = load_digits()
images, labels = digits.images[..., None] / 16, digits.target""",
    "build": """def build_network():
    return keras.Sequential([
        keras.Input((8, 8, 1)),
        keras.layers.Conv2D(16, 3, activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.Flatten(),
        keras.layers.Dense(10, activation="softmax"),
    ])""",
    "train": """keras.utils.set_random_seed(1)
network = build_network()
network.compile("adam", "sparse_categorical_crossentropy")
history = network.fit(images[:1200], labels[:1200], epochs=3, batch_size=64, verbose=0)""",
    "predict": """def predict(batch):
    return network.predict(batch, verbose=0).argmax(axis=1)""",
}
ASSERTS = """assert build_network().count_params() == 1610
assert np.mean(predict(images[1200:]) == labels[1200:]) > 0.5"""
RUBRIC = '''"""Rubric of the benchmark."""

import numpy as np
from sklearn.datasets import load_digits

from cnnkit.check import fail, graded


@graded("network", points=2)
def test_network(submission):
    """It has 1,610 parameters and reads digits"""
    digits = load_digits()
    if submission.model("build_network").parameters != 1610:
        fail("the parameters are not 1,610.")
    if np.mean(submission.predict(digits.images[1200:, ..., None] / 16) == digits.target[1200:]) <= 0.5:
        fail("fewer than half are right.")
'''
TOOLS = Path(sys.executable).parent
FLOOR = """
import os, sys, time
import keras, numpy, sklearn.datasets

cells, each = sys.argv[2:], int(sys.argv[1])
begun = time.perf_counter()
for child in range(2):
    if os.fork() == 0:
        import tensorflow
        tensorflow.config.threading.set_intra_op_parallelism_threads(max(1, len(os.sched_getaffinity(0)) // 2))
        tensorflow.config.threading.set_inter_op_parallelism_threads(2)
        for _ in range(each):
            namespace = {}
            for cell in cells:
                exec(cell, namespace)
        os._exit(0)
if any(os.wait()[1] for child in range(2)):
    sys.exit("the cells failed")
print(time.perf_counter() - begun)
"""


def run(*command: str, cwd: Path, programs: Path = TOOLS) -> None:
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")


def nbgrader_course(folder: Path, students: list[str]) -> Path:
    """A course as nbgrader's documentation makes it, tests as asserts in a grade cell."""
    folder.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "bench"\nc.ExecutePreprocessor.timeout = 300\n',
        encoding="utf-8",
    )
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS.values()]
    test = nbformat.v4.new_code_cell(ASSERTS)
    test.metadata.nbgrader = {
        "schema_version": 3, "grade": True, "grade_id": "network", "locked": True, "solution": False,
        "points": POINTS, "task": False, "cell_type": "code",
    }  # fmt: skip
    notebook = nbformat.v4.new_notebook(cells=[*cells, test])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    (folder / "source" / "bench").mkdir(parents=True)
    nbformat.write(notebook, folder / "source" / "bench" / "bench.ipynb")
    run("nbgrader", "generate_assignment", "bench", "--create", cwd=folder)
    for student in students:
        shutil.copytree(folder / "release" / "bench", folder / "submitted" / student / "bench")
    return folder


def cnnkit_course(folder: Path, students: list[str]) -> Path:
    """The same notebook as an assignment of this project."""
    source = folder / "solutions" / "bench"
    source.mkdir(parents=True)
    rubrics = folder / "autograder" / "rubrics"
    rubrics.mkdir(parents=True)
    (rubrics / "test_bench.py").write_text(RUBRIC, encoding="utf-8")
    (source / "assignment.toml").write_text('title = "Benchmark"\n', encoding="utf-8")
    cells = "\n\n".join(f"# %%\n{code}" for code in CELLS.values())
    (source / "bench.py").write_text(
        f'# %% locked="checks"\nfrom checks import check\n\n{cells}\n\n# %% grade="network"\ncheck("network")\n',
        encoding="utf-8",
    )
    run("cnnkit", "release", "bench", cwd=folder)
    for student in students:
        shutil.copytree(folder / "assignments" / "bench", folder / "handed_in" / student)
    run("cnnkit", "collect", "bench", "handed_in", cwd=folder)
    return folder


def otter(folder: Path, programs: Path) -> float:
    """Seconds of `otter run` on one submission, the second of two; it grades a class in Docker alone."""
    cells = ["import otter\ngrader = otter.Notebook('bench.ipynb')", *CELLS.values(), "grader.check('network')"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    (folder / "tests").mkdir(parents=True)
    (folder / "graded").mkdir()
    nbformat.write(notebook, folder / "bench.ipynb")
    case = {"code": "".join(f">>> {line}\n" for line in ASSERTS.splitlines()), "hidden": False, "locked": False}
    suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
    test = {"name": "network", "points": POINTS, "suites": [suite]}
    (folder / "tests" / "network.py").write_text(f"OK_FORMAT = True\ntest = {test!r}\n", encoding="utf-8")
    run(str(programs / "otter"), "generate", "-t", "tests", cwd=folder, programs=programs)
    for _ in range(2):
        begun = time.perf_counter()
        run(
            str(programs / "otter"),
            *"run -a autograder.zip -o graded bench.ipynb".split(),
            cwd=folder,
            programs=programs,
        )
        seconds = time.perf_counter() - begun
    (graded,) = (
        t for t in json.loads((folder / "graded" / "results.json").read_text(encoding="utf-8"))["tests"] if "score" in t
    )
    if graded["score"] != POINTS:
        sys.exit(f"Otter gave {graded}")
    return seconds


def floor(submissions: int) -> float:
    """Seconds for the cells of all submissions."""
    command = [sys.executable, "-c", FLOOR, str(submissions // 2), *CELLS.values(), ASSERTS]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    return float(
        subprocess.run(
            command, env=environment, capture_output=True, encoding="utf-8", errors="replace", check=True
        ).stdout
    )


def check_scores(home: Path, students: list[str]) -> None:
    with sqlite3.connect(home / "gradebook.db") as database:
        scores = [row[0] for row in database.execute("SELECT auto_score FROM grade")]
    if scores != [POINTS] * len(students):
        sys.exit(f"{home}: expected {len(students)} full scores, found {scores}")


def measure(folder: Path, students: list[str], otter_programs: Path | None) -> dict[str, float]:
    """{way: seconds for all}, each run alone."""
    half = len(students) // 2
    seconds = {}

    one = nbgrader_course(folder / "one", students)
    begun = time.perf_counter()
    run("nbgrader", "autograde", "bench", cwd=one)
    seconds["nbgrader autograde"] = time.perf_counter() - begun
    check_scores(one, students)

    parts = [students[:half], students[half:]]
    courses = [nbgrader_course(folder / f"two-{i}", part) for i, part in enumerate(parts)]
    environment = {**os.environ, "PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}", "TF_CPP_MIN_LOG_LEVEL": "3"}
    begun = time.perf_counter()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    running = [subprocess.Popen(["nbgrader", "autograde", "bench"], cwd=course, **quiet) for course in courses]
    if any(process.wait() for process in running):
        sys.exit("nbgrader side by side failed")
    seconds["nbgrader autograde, two side by side"] = time.perf_counter() - begun
    for course, part in zip(courses, parts, strict=True):
        check_scores(course, part)

    plain = nbgrader_course(folder / "plain", students)
    begun = time.perf_counter()
    run("cnnkit", "grade", "bench", cwd=plain)
    seconds["cnnkit grade, the nbgrader course as it is"] = time.perf_counter() - begun
    check_scores(plain, students)

    ours = cnnkit_course(folder / "ours", students)
    begun = time.perf_counter()
    run("cnnkit", "grade", "bench", cwd=ours)
    seconds["cnnkit grade"] = time.perf_counter() - begun
    check_scores(ours / "course", students)

    if otter_programs:
        seconds["otter run"] = otter(folder / "otter", otter_programs) * len(students)
    seconds["the cells alone, in two warm processes"] = floor(len(students))
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--submissions", type=int, default=8, help="even (default: 8)")
    parser.add_argument("--otter", type=Path, metavar="DIR", help="bin/ of an environment with otter-grader and Keras")
    options = parser.parse_args()
    count = options.submissions
    students = [f"student{i}" for i in range(count)]
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        seconds = measure(Path(folder), students, options.otter)
    slowest, *_, lowest = seconds.values()
    packages = ", ".join(f"{name} {version(name)}" for name in ("tensorflow", "keras", "nbgrader", "cnnkit"))
    print(f"{count} submissions, {os.cpu_count()} cores, Python {platform.python_version()}, {packages}\n")
    print(f"load average before and after: {before:.1f}, {os.getloadavg()[0]:.1f}\n")
    print("| way | s a submission | times as fast as nbgrader | times the floor |\n|---|---|---|---|")
    for way, total in seconds.items():
        print(f"| {way} | {total / count:.2f} | {slowest / total:.1f} | {total / lowest:.1f} |")


if __name__ == "__main__":
    main()
