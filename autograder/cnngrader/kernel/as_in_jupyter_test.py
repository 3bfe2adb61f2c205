"""What cells show in a confined kernel, beside what they show in one that Jupyter starts (nbclient)."""

import os
import re

import nbformat
import pytest
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode
from traitlets import Type

from cnngrader.kernel.hearing_channel import HearingChannel
from cnngrader.kernel.run_notebook import run_notebook
from cnngrader.kernel.warm_kernel import WarmKernel
from cnngrader.kernel.warm_parent import WarmParent
from cnngrader.sandbox.confine import find_missing
from cnngrader.sandbox.limits import Limits

LIMITS = Limits(cell_seconds=120, total_seconds=600, memory_mb=2048, processes=40)
FILES = {
    "helper.py": b"def square(x):\n    return x * x\n",
    "speaks.py": b"print('I am imported')\n",
    "fails.py": b"raise RuntimeError('too old')\n",
    "program.py": b"import sys\nprint('argument', sys.argv[1])\n",
}
AHEAD = "numpy matplotlib.pyplot doctest this tqdm.auto ipywidgets logging multiprocessing h5py".split()

# name: (a cell, what must stand in what it shows). Run in this order, in one kernel.
SNIPPETS = {
    "names": (
        "print(__name__, '__file__' in globals(), type(get_ipython()).__name__)",
        "__main__ False ZMQInteractive",
    ),
    "arguments": ("import sys, os\nprint(os.path.basename(sys.argv[0]), sys.argv[1])", "ipykernel_launcher.py -f"),
    "path": ("print(sys.path.index(''), [os.path.basename(p) for p in sys.path[:2]])", "3 \\['python3"),
    "folder": ("print(os.path.basename(os.getcwd()), sorted(os.listdir()))", "hw 1 .*'fails.py', 'helper.py', "),
    "home": ("open(os.path.expanduser('~/.mine'), 'w').close()\nprint('~' in os.path.expanduser('~'))", "False"),
    "temporary": ("import tempfile\nwith tempfile.NamedTemporaryFile() as f:\n    print(f.write(b'x'))", "1"),
    "result": ("6 * 7", "text/plain: 42$"),
    "last result": ("_ + 1", "43"),
    "plot": ("import matplotlib.pyplot as plt\nplt.plot([1, 2]);", "image/png"),
    "no figure stays open": ("plt.get_fignums()", r"text/plain: \[\]"),
    "bare figure": ("fig, ax = plt.subplots()\nfig", "image/png.*image/png"),
    "show": ("plt.plot([1]); plt.show(); print('after')", "after.*image/png"),
    "two figures": ("plt.figure(); plt.figure(); plt.plot([3])", "Line2D.*with 0 Axes.*image/png"),
    "backend": ("import matplotlib\nprint(matplotlib.get_backend())", "inline"),
    "inline": ("%matplotlib inline\nplt.plot([1]);", "image/png"),
    "format": ("%config InlineBackend.figure_formats = ['svg']\nplt.plot([1]);", r"image/svg\+xml"),
    "saved": ("plt.plot([1]); plt.savefig('a.png'); plt.close(); print(os.path.exists('a.png'))", "True"),
    "import that prints": ("import this", "Zen of Python"),
    "beside": ("import helper, speaks\nhelper.square(3)", "I am imported.*: 9"),
    "import that fails": ("try:\n    import fails\nexcept RuntimeError as error:\n    print(error)", "too old"),
    "doctest": (
        "import doctest\ndef f():\n    '''\n    >>> f()\n    1\n    '''\n    return 2\ndoctest.testmod()",
        "failed=1",
    ),
    "after doctest": ("print('still here')", "still here"),
    "breakpoint": ("breakpoint()\nprint('went on')", "went on"),
    "trace": ("import pdb\npdb.set_trace()", "StdinNotImplementedError"),
    "question": ("input('? ')", "StdinNotImplementedError"),
    "system exit": ("sys.exit(1)", "SystemExit"),
    "error": ("1 / 0", "ZeroDivisionError: division by zero"),
    "syntax": ("def f(:", "SyntaxError"),
    "warning": (
        "import warnings\nwarnings.warn('careful')",
        "^stderr: /tmp/ipykernel_N/N.py:2: UserWarning: careful",
    ),
    "log": ("import logging\nlogging.warning('a log')", "WARNING:root:a log"),
    "interact": ("from ipywidgets import interact, Output\n@interact(x=3)\ndef g(x): print('g', x)", "widget-view"),
    "output": ("out = Output()\nwith out: print('inside')\nout", "widget-view"),
    "error in output": ("with out: 1 / 0\nprint('went on')", "went on"),
    "progress": ("from tqdm.auto import tqdm\nsum(tqdm(range(3)))", "widget-view.*: 3"),
    "display": ("from IPython.display import HTML, display\ndisplay(HTML('<b>x</b>'))", "text/html"),
    "update": ("h = display('a', display_id=True)\nh.update('b')", ": 'b'$"),
    "clear": (
        "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('left')",
        "^stdout: left$",
    ),
    "captured": ("%%capture said\nprint('kept')", "^$"),
    "replayed": ("print(said.stdout.strip())", "kept"),
    "autoreload": ("%load_ext autoreload\n%autoreload 2", "^$"),
    "changed": (
        "open('helper.py', 'w').write('def square(x):\\n    return -x\\n')\nos.utime('helper.py', (9e9, 9e9))",
        "^$",
    ),
    "reloaded": ("print(helper.square(3))", "-3"),
    "forked": ("if os.fork() == 0:\n    print('child'); os._exit(0)\nos.wait(); print('parent')", "child\nparent"),
    "forked, stderr": ("if os.fork() == 0:\n    print('child', file=sys.stderr); os._exit(0)\nos.wait();", "child"),
    "below Python": ("os.write(1, 'bélow'.encode());", "bélow"),
    "program below": ("os.system('echo said; echo remarked >&2');", "said.*remarked|remarked.*said"),
    "subprocess": (
        "import subprocess\nprint(subprocess.run([sys.executable, 'program.py', 'a'], capture_output=True).stdout)",
        "argument a",
    ),
    "shell": ("!echo one && echo two | wc -l", "one\r\n1"),
    "shell to a name": ("lines = !ls *.py\nlen(lines)", ": 4"),
    "bash": ("%%bash\nfor i in 1 2; do echo $i; done", "1\n2"),
    "write and run": ("%%writefile mine.py\nprint('mine is run')", "Writing mine.py"),
    "run": ("%run mine.py", "mine is run"),
    "directory": ("%mkdir sub\n%cd -q sub\nprint(os.path.basename(os.getcwd()))\n%cd -q ..", "sub"),
    "environment": ("%env COURSE=cnn\n!echo $COURSE", "cnn"),
    "help": ("help(len)", "Return the number of items"),
    "await": ("import asyncio\nawait asyncio.sleep(0, 'awaited')", "awaited"),
    "thread": ("import threading\nt = threading.Thread(target=print, args=('thread',)); t.start(); t.join()", "thread"),
    "alarm": (
        "import signal\ndef late(*_): raise TimeoutError('late')\nsignal.signal(signal.SIGALRM, late)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.01)\nwhile True: pass",
        "TimeoutError: late",
    ),
    "database": ("import sqlite3\nb = sqlite3.connect('b.db'); b.execute('create table t (x)'); b.commit()", "^$"),
    "pool": ("from multiprocessing import Pool\nwith Pool(2) as p: print(p.map(abs, [-1, -2]))", r"\[1, 2\]"),
    "own function": ("def cube(x): return x ** 3\nwith Pool(2) as p: print(p.map(cube, [2, 3]))", r"\[8, 27\]"),
    "queue and lock": (
        "from multiprocessing import Process, Queue, Lock\ndef put(q, lock):\n    with lock: q.put('queued')\n"
        "q = Queue(); p = Process(target=put, args=(q, Lock())); p.start(); print(q.get()); p.join()",
        "queued",
    ),
    "executor": (
        "from concurrent.futures import ProcessPoolExecutor\n"
        "with ProcessPoolExecutor(2) as e: print(list(e.map(cube, [1, 2])))",
        r"\[1, 8\]",
    ),
    "shared memory": (
        "from multiprocessing.shared_memory import SharedMemory\nm = SharedMemory(create=True, size=8); m.buf[0] = 7\n"
        "print(m.buf[0]); m.close(); m.unlink()",
        "7",
    ),
    "spawn": (
        "from multiprocessing import get_context\n"
        "with get_context('spawn').Pool(1) as p: print(p.map(helper.square, [3]))",
        r"\[-3\]",
    ),
    "joblib": (
        "from joblib import Parallel, delayed\nParallel(n_jobs=2)(delayed(cube)(i) for i in (1, 2))",
        r"\[1, 8\]",
    ),
    "processes": (
        "import psutil\nprint(psutil.Process() in psutil.process_iter(), psutil.virtual_memory().total > 0)",
        "True True",
    ),
    "list of processes": ("!ps -o comm= | tail -1", "tail|ps"),
    "file of arrays": (
        "import h5py\nwith h5py.File('a.h5', 'w') as f: f['x'] = [1]\nprint(h5py.File('a.h5')['x'][0])",
        "1",
    ),
    "packages": ("%pip list --disable-pip-version-check", r"Package +Version.*numpy +\d"),
    "room on disk": ("!df . | wc -l", "2"),
    "script": ("%%writefile run.sh\n#!/bin/sh\necho it ran", "Writing run.sh"),
    "script that is run": ("!sh run.sh", "it ran"),
    "repository": ("!command -v git > /dev/null || exit 0; git init -q own && ls -a own | grep -x .git", r"^$|\.git"),
    "fonts": ("from matplotlib.font_manager import fontManager\nprint(len(fontManager.ttflist) > 9)", "True"),
    "image": (
        "from PIL import Image\nImage.new('L', (2, 3)).save('i.png')\nprint(Image.open('i.png').size)",
        r"\(2, 3\)",
    ),
    "arrays": ("import numpy as np\nnp.savez('a', x=[1, 2])\nprint(np.load('a.npz')['x'])", r"\[1 2\]"),
    "pickle": (
        "import pickle\nclass Own: x = 5\npickle.dump(Own(), open('o', 'wb'))\nprint(pickle.load(open('o', 'rb')).x)",
        "5",
    ),
    "folders": (
        "from pathlib import Path\nat = Path.home() / 'a' / 'b'\nat.mkdir(parents=True)\nprint(at.is_dir())",
        "True",
    ),
    "timing": ("%timeit -n1 -r1 pass", "1 loop"),
    "threads": (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(4) as e: print(sum(e.map(abs, range(-3, 0))))",
        "6",
    ),
    "another loop": ("async def twice(): return 2\nt = asyncio.create_task(twice()); print(await t)", "2"),
    "network": (
        "import urllib.request\nurllib.request.urlopen('http://192.0.2.1/', timeout=1)",
        "URLError: .*Network is unreachable",
    ),
    "the end": ("print('to the end')", "to the end"),
}
# nbclient does not wait for what a cell has written at its end in other ways than Python's own; a confined kernel
# does.
NOT_COMPARED = ("forked", "forked, stderr", "below Python", "program below", "timing", "network")
# What is no part of what a cell shows: addresses, numbers of processes and widgets, places, colours.
SHAPES = [
    (r"\x1b\[[0-9;]*m", ""),
    (r"0x[0-9a-f]{6,}", "0x"),
    (r"ipykernel_\d+/\d+", "ipykernel_N/N"),
    (r"/\S*?/(home|work|hw 1|jupyter)(?=[/'\s])", "/"),
    (r"'model_id': '\w+'", "'model_id'"),
    (r"\d+\.\d\d(it/s| ?s/it)|\d\d:\d\d", "T"),
]


class _HearingClient(AsyncKernelClient):
    """Jupyter's own, which a widget's Output does not keep waiting for ever."""

    shell_channel_class = HearingChannel


class _Manager(AsyncKernelManager):
    client_factory = Type(_HearingClient)


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> tuple[dict[str, str], dict[str, str]]:
    """What each snippet shows in a confined kernel, and in Jupyter's."""
    if missing := find_missing():
        pytest.skip(f"this machine cannot confine: {missing[0]}")
    ours, theirs = _notebook(), _notebook()
    with WarmParent(AHEAD).wait() as parent, WarmKernel(parent.address, LIMITS, name="hw 1", files=FILES) as kernel:
        run = run_notebook(ours, kernel, LIMITS)
        assert run.ended == "", run
        mounts = "own /dev/shm" in kernel.layers and "own /proc" in kernel.layers
    if not mounts:
        pytest.skip("this machine allows no namespaces, so that a kernel has no shared memory")
    folder = tmp_path_factory.mktemp("jupyter") / "hw 1"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    # ipykernel, where it thinks that it is under test, does not show what is written below Python.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {"HOME": str(folder.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    about = {"metadata": {"path": str(folder)}}
    client = NotebookClient(theirs, kernel_manager_class=_Manager, allow_errors=True, resources=about)
    client.execute(env=environment)
    return _shown(ours), _shown(theirs)


def _notebook() -> NotebookNode:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source, _ in SNIPPETS.values()])


def _shown(notebook: NotebookNode) -> dict[str, str]:
    """{snippet: what it shows, as text}."""
    found = {}
    for name, cell in zip(SNIPPETS, notebook.cells, strict=True):
        streams: dict[str, str] = {}
        others = []
        for output in cell.outputs:
            if output.output_type == "stream":
                streams[output.name] = streams.get(output.name, "") + output.text
            elif output.output_type == "error":
                others.append(f"{output.ename}: {output.evalue}")
            else:
                others += [f"{kind}: {'' if 'image' in kind else value}" for kind, value in output.data.items()]
        text = "\n".join([*(f"{name}: {text}" for name, text in sorted(streams.items())), *others])
        for shape, put in SHAPES:
            text = re.sub(shape, put, text)
        found[name] = text.strip()
    return found


@pytest.mark.parametrize("name", SNIPPETS)
def test_a_cell_shows_what_it_should(both, name):
    assert re.search(SNIPPETS[name][1], both[0][name], re.DOTALL)


@pytest.mark.parametrize("name", [name for name in SNIPPETS if name not in NOT_COMPARED])
def test_a_cell_shows_what_jupyter_shows(both, name):
    ours, theirs = both
    assert ours[name] == theirs[name]
