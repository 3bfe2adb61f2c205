"""The command line, and what may import what."""

import os
import pkgutil
import signal
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

import cnngrader
from cnngrader.authoring.scaffold import scaffold
from cnngrader.commands.main import main
from cnngrader.course import Course

ROOT = Path(__file__).resolve().parents[3]
COMMANDS = (
    "doctor new build verify release roster collect grade feedback similar export serve forget variant demo".split()
)
HEAVY = "{'tensorflow', 'keras', 'torch', 'jax'}"


def run_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_grader_never_imports_tensorflow():
    modules = [m.name for m in pkgutil.walk_packages(cnngrader.__path__, "cnngrader.")]
    modules = [name for name in modules if not name.endswith(("_test", "conftest"))]
    assert "cnngrader.submission.grade" in modules
    loaded = f"import sys, {', '.join(modules)}\nprint(sorted({HEAVY} & sys.modules.keys()))"
    assert run_python(loaded).strip() == "[]", "import it in the warm parent, or in the notebook, instead"


def test_what_nbgrader_imports_of_the_grader_hides_no_package():
    imported = "import sys, cnngrader.ordinary.confined_execute, cnngrader.gradebook.late_penalty"
    assert run_python(f"{imported}\nprint([name for name, module in sys.modules.items() if module is None])") == "[]\n"


def test_the_library_never_imports_the_grader():
    for path in (ROOT / "lib").rglob("*.py"):
        assert "cnngrader" not in path.read_text(encoding="utf-8"), (
            f"{path} names cnngrader; students do not install it"
        )


def test_importing_cnnkit_imports_nothing_heavy():
    heavy = "{'tensorflow', 'keras', 'numpy', 'sklearn', 'matplotlib'}"
    assert run_python(f"import sys, cnnkit\nprint(sorted({heavy} & sys.modules.keys()))").strip() == "[]"


def test_help_imports_nothing_that_takes_time():
    code = f"""
import sys
from cnngrader.authoring.scaffold import scaffold
from cnngrader.commands.main import main
assert main(['--help']) == 0
heavy = {HEAVY} | {{'numpy', 'nbgrader', 'pytest', 'rich', 'nbclient'}}
print(sorted(heavy & sys.modules.keys()))
"""
    assert run_python(code).strip().endswith("[]")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command, capsys):
    assert main([command, "--help"]) == 0
    assert f"Example: cnnkit {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["grad", "mnist_cnn"], "Did you mean 'grade'?"),
        (["grade", "mnist_cnn", "--forse"], "--force"),
        (["grade", "mnist_cnn", "--workers", "0"], "'--workers'"),
        (["collect", "mnist_cnn"], "Usage: cnnkit collect"),
        (["grade", "mnist_cn"], "Did you mean mnist_cnn?"),
    ],
)
def test_what_is_mistyped_is_told_with_what_was_meant(arguments, said, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands_options_and_assignments(shell):
    cnnkit = "from cnngrader.commands.main import main; main()"
    for words, wanted in (("cnnkit ver", "verify"), ("cnnkit grade --fo", "--force"), ("cnnkit grade mn", "mnist_cnn")):
        *before, last = words.split()
        asked = {
            "_CNNKIT_COMPLETE": f"{shell}_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": last if shell == "fish" else str(len(before)),
        }
        done = subprocess.run(
            [sys.executable, "-c", cnnkit], env=os.environ | asked, capture_output=True, text=True, cwd=ROOT
        )
        assert wanted in done.stdout, done.stderr


def test_the_version_is_told(capsys):
    assert main(["--version"]) == 0
    assert version("cnnkit") in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["grade", "no_such"], "no assignment is called 'no_such'; there are:"),
        (["collect", "mnist_cnn", "/no/such/path"], "/no/such/path does not exist"),
        (["new", "Not-An-Id"], "no id for an assignment"),
        (["new", "mnist_cnn"], "is there already"),
        (["verify", "no_such"], "no assignment is called"),
    ],
)
def test_usage_errors_are_one_line_and_status_2(arguments, said, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert said in error
    assert len(error.strip().splitlines()) == 1


def test_outside_of_a_course_the_error_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["build"]) == 2
    assert "is in no course" in capsys.readouterr().err


def test_a_directory_that_is_no_course_is_not_made_one_to_be_graded(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    for command in (["grade", "mnist_cnn"], ["feedback", "mnist_cnn"], ["variant", "alexnet_counting", "ada"]):
        assert main([*command, "--course", str(tmp_path / "typo")]) == 2
        assert "typo is no course" in capsys.readouterr().err
    assert not (tmp_path / "typo").exists()


def test_a_directory_that_was_collected_into_is_a_course(tiny_course, tmp_path, monkeypatch, capsys):
    (tmp_path / "in" / "ana").mkdir(parents=True)
    (tmp_path / "in" / "ana" / "pooling.ipynb").write_bytes(b"{}")
    monkeypatch.chdir(tiny_course.root)
    new = ["--course", str(tmp_path / "new")]
    assert main(["collect", "pooling", str(tmp_path / "in"), *new]) == 0
    assert main(["grade", "pooling", *new]) == 2
    assert "Run: cnnkit release pooling" in capsys.readouterr().err


def test_a_run_that_is_terminated_says_how_to_go_on(monkeypatch, capsys):
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr("cnngrader.doctor.examine", lambda: [os.kill(os.getpid(), signal.SIGTERM)])
    try:
        assert main(["doctor"]) == 130
    finally:
        signal.signal(signal.SIGTERM, before)
    assert "the same command goes on from there" in capsys.readouterr().err


@pytest.mark.parametrize("missing", ["rich", "nbformat", "nbgrader"])
def test_what_is_not_installed_is_one_line_with_the_remedy(missing, tmp_path):
    """Somebody who installed only what students need, or whose installation was interrupted."""
    code = f"""
import sys
sys.modules[{missing!r}] = None
from cnngrader.commands.main import main
sys.exit(main(['demo', '--folder', {str(tmp_path)!r}]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1
    assert done.stderr.startswith("cnnkit: ") and "Traceback" not in done.stderr
    assert missing in done.stderr and "make env" in done.stderr


def test_conda_and_pip_ask_for_the_same():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    conda = [line.strip(" -") for line in (ROOT / "environment.yml").read_text().splitlines()]
    assert f"python{project['requires-python']}" in conda
    assert "editable ." in conda
    assert project["version"] == version("cnnkit") == __import__("cnnkit").__version__


def test_the_lock_holds_what_the_project_needs_with_hashes_and_no_address():
    lock = (ROOT / "requirements.lock").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(d for extra in project["optional-dependencies"].values() for d in extra)]
    for requirement in wanted:
        name = requirement.split(";")[0].split("[")[0].split(">")[0].split("<")[0].strip().replace("_", "-").lower()
        assert name == "cnnkit" or f"\n{name}==" in f"\n{lock}", f"{name} is not locked; run: make lock"
    assert "://" not in lock
    pinned = [line for line in lock.splitlines() if "==" in line]
    assert lock.count("--hash=sha256:") >= len(pinned)


def test_a_share_of_a_card_that_is_not_there_is_told(tiny_course, monkeypatch, capsys):
    monkeypatch.setattr("cnngrader.kernel.gpu.DRIVER", tiny_course.root / "no-card")
    monkeypatch.chdir(tiny_course.root)
    main(["grade", "pooling", "--gpu-share", "4"])
    assert "No NVIDIA card is here" in capsys.readouterr().err


def test_one_bad_assignment_ends_not_the_proof_of_the_others(tiny_course, monkeypatch, capsys):
    for id in ("broken_rubric", "broken_toml", "broken_cells", "broken_tests"):
        scaffold(tiny_course, id)
    solutions, rubrics = tiny_course.root / "solutions", tiny_course.root / "autograder" / "rubrics"
    (rubrics / "test_broken_rubric.py").write_text("def (")
    (solutions / "broken_toml" / "assignment.toml").write_text("title =")
    (solutions / "broken_cells" / "broken_cells.py").write_bytes(b"# %%\n\xff")
    with open(rubrics / "test_broken_tests.py", "a") as file:
        file.write("\nraise OSError('no such thing')\n")
    monkeypatch.chdir(tiny_course.root)
    assert main(["verify"]) == 1
    lines = capsys.readouterr().out.splitlines()
    for id in ("broken_rubric", "broken_toml", "broken_cells", "broken_tests"):
        (place,) = [n for n, line in enumerate(lines) if line.startswith(f"✘ {id}: its files")]
        assert id in lines[place + 1]
    assert [line for line in lines if line.startswith("✔ pooling: the solution ")]
    assert not [line for line in lines if line.startswith("✘ pooling")]


LOCALES = {"C": {"LC_ALL": "C"}, "no UTF-8 at all": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}}


@pytest.mark.parametrize("locale", LOCALES)
def test_a_course_whose_path_is_not_ascii_in_a_locale_that_is(tmp_path, locale):
    """It works, or the remedy is told in a line."""
    root = tmp_path / "schön"
    scaffold(Course(root, root / "course"), "window")
    command = [sys.executable, "-m", "cnngrader", "release", "window"]
    done = subprocess.run(command, cwd=root, env=os.environ | LOCALES[locale], capture_output=True)
    assert b"Traceback" not in done.stderr
    if locale == "C":
        assert done.returncode == 0, done.stderr
        assert (root / "assignments" / "window" / "window.ipynb").is_file()
    else:
        assert (done.returncode, done.stderr.count(b"\n")) == (2, 1) and b"PYTHONUTF8" in done.stderr


def test_what_nbgrader_starts_reads_files_as_utf8_in_any_locale():
    """alembic reads the path of its own scripts, in this installation, in the locale's encoding."""
    asks = "import subprocess, sys; from cnngrader.gradebook import nbgrader_course as it; it._prepare_programs(); "
    asks += "subprocess.run([sys.executable, '-c', 'import locale; print(locale.getencoding())'], check=True)"
    done = subprocess.run([sys.executable, "-c", asks], env=os.environ | LOCALES["C"], capture_output=True, text=True)
    assert done.stdout.strip().lower() == "utf-8", done.stderr
