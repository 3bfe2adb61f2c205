"""What is imported ahead is what a notebook cannot tell from importing it itself; nothing stops the others."""

import subprocess
import sys

HARMLESS = {
    "plain": "",
    "adds": "import builtins\nbuiltins.gettext = print",
    "remarks": "import sys\nsys.stderr.write('!')",
}
LEFT = {
    "prints": "print('printed')",
    "prints_below": "import os\nos.write(1, b'printed')",
    "raises": "raise RuntimeError('I am too old for this NumPy')",
    "is_none": "import no_such_module",
    "is_broken": "def f(:",
    "exits": "raise SystemExit",
    "stops": "raise KeyboardInterrupt",
    "ends": "import os\nos._exit(0)",
    "dies": "import os\nos.abort()",
    "hangs": "import time\ntime.sleep(1000)",
    "asks": "input()",
    "computes": "while True: pass",
    "thread": "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()",
    "process": "import subprocess\nsubprocess.Popen(['sleep', '2'])",
    "shell": "from IPython import get_ipython\nfound = get_ipython()",
    "hook": "import sys\nsys.excepthook = print",
    "patch": "import builtins\nbuiltins.print = id",
    "interrupt": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)",
}
PARENT = """
import os, sys
from cnngrader.kernel import import_ahead
import_ahead.IDLE_SECONDS, import_ahead.COMPUTING_SECONDS = 1, 1
first = os.getpid()
for name in sys.argv[2:]:
    import_ahead.import_ahead(name)
with open(sys.argv[1], "w") as said:
    print(*[name for name in sys.argv[2:] if name in sys.modules], first == os.getpid(), file=said)
sys.exit(7)
"""


def test_what_would_show_is_left_to_the_notebook(tmp_path):
    for name, source in (HARMLESS | LEFT).items():
        (tmp_path / f"my_{name}.py").write_text(source)
    first, *others = HARMLESS
    names = [f"my_{name}" for name in (first, *LEFT, *others)]
    with (tmp_path / "printed").open("wb") as printed:
        command = [sys.executable, "-c", PARENT, str(tmp_path / "said"), *names, "no_such_module"]
        done = subprocess.run(
            command,
            env={"PYTHONPATH": str(tmp_path)},
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert (tmp_path / "said").read_text().split() == [*(f"my_{name}" for name in HARMLESS), "False"], done.stderr
    assert done.returncode == 7, "it ends as the one that went on"
    assert "my_raises is not imported ahead: RuntimeError: I am too old for this NumPy" in done.stderr
