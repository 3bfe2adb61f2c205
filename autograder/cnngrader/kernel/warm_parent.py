"""The grader's handle of the warm parent process."""

import fcntl
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from cnngrader.errors import CnnkitError
from cnngrader.kernel.remove_folder import remove_folder

PREFIX = "cnnkit-"
YOUNG = 600.0  # seconds in which a folder may not be held yet
ENDING = 10.0  # and after which a parent that was killed is seen to have ended

# What a kernel imports while it starts.
KERNEL = (
    "cnngrader.kernel.keeper cnngrader.kernel.programs cnngrader.kernel.shown_stream "
    "ipykernel.kernelapp ipykernel.debugger IPython.core.completerlib IPython.core.debugger "
    "IPython.core.logger IPython.core.oinspect IPython.extensions.storemagic IPython.utils.wildcard "
    "tornado.platform.asyncio tornado.queues cnnkit.check.serve"
).split()
# What comes with a module when a notebook first uses it.
WITH = {
    # Not the inline backend: it has to find the shell when it is imported.
    "matplotlib": ["matplotlib.pyplot", "matplotlib.backends.backend_agg"],
    "cnnkit": "cnnkit.callbacks cnnkit.layers cnnkit.models cnnkit.pictures".split(),
}

# Nothing else of the grader's environment reaches a student's code. What decides verdicts is in their key.
DECIDING = ("KERAS_BACKEND", "TF_ENABLE_ONEDNN_OPTS", "TZ")
PASSED_ON = ("PATH", "LANG", "LC_ALL", "CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH", "CNNKIT_DATA", *DECIDING)


class WarmParent:
    """A running warm parent; a context manager. `folder` is a private directory of its own, for
    its socket and the kernels' scratch directories. modules: what notebooks import, to have ready;
    TensorFlow takes seconds, which is why it is imported once. datasets: to prepare.
    environment: of the kernels, beside what the grader's own passes on."""

    def __init__(
        self, modules: Sequence[str] = (), datasets: Sequence[str] = (), environment: Mapping[str, str] | None = None
    ):
        _remove_left()
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        self._hold = (self.folder / "held").open("ab")
        fcntl.flock(self._hold, fcntl.LOCK_EX)  # for as long as this process lives
        self.folder.chmod(0o711)  # a kernel that has left root must pass through to its scratch
        self.address = str(self.folder / "warm")
        roots = {module.split(".")[0] for module in modules}
        wanted = [*modules, *(name for root in WITH if root in roots for name in WITH[root])]
        self._lists = [",".join(names) for names in (KERNEL, wanted, datasets)]
        self._variables = self._environment() | dict(environment or {})
        self._log = open(self.folder / "log", "wb+")  # noqa: SIM115
        self._is_ready = False
        self._process = self._start()

    def wait(self) -> "WarmParent":
        """Until it is ready to fork. Raises CnnkitError, with its last words, where it is not."""
        self._is_ready = self._is_ready or self._ready.readline() == b"ready\n"
        if not self._is_ready:
            self._log.seek(0)
            words = self._log.read().decode(errors="replace").strip().splitlines()
            raise CnnkitError(f"the warm parent did not start: {words[-1] if words else 'no message'}")
        return self

    @property
    def pid(self) -> int:
        return self._process.pid

    def has_ended(self, seconds: float = 0.0) -> bool:
        """Whether it was ended after it was ready, now or within some seconds."""
        if self._is_ready:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=seconds)
        return self._is_ready and self._process.returncode is not None

    def restart(self) -> None:
        """Start another in place of one that has ended; kernels that are running stay."""
        self._hang_up()
        Path(self.address).unlink(missing_ok=True)
        self._is_ready = False
        self._process = self._start()

    def close(self) -> None:
        self._hang_up()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
        self._hold.close()
        remove_folder(self.folder)

    def _start(self) -> subprocess.Popen[bytes]:
        reader, writer = os.pipe()
        self._ready = open(reader, "rb")  # noqa: SIM115
        try:
            return subprocess.Popen(
                [sys.executable, "-m", "cnngrader.kernel.warm", self.address, str(writer), *self._lists],
                stdin=subprocess.PIPE,
                stdout=self._log,
                stderr=self._log,
                env=self._variables,
                cwd=self.folder,  # Python imports from there, and the grader may be where a submission lies
                start_new_session=True,
                pass_fds=[writer],
            )
        finally:
            os.close(writer)

    def _hang_up(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._ready.close()

    def __enter__(self) -> "WarmParent":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _environment(self) -> dict[str, str]:
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        if "CNNKIT_DATA" in environment:
            environment["CNNKIT_DATA"] = os.path.abspath(environment["CNNKIT_DATA"])
        places = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        home = str(self.folder / "home")
        os.makedirs(home, mode=0o700, exist_ok=True)  # Keras, which finds none, reads what anybody may put into /tmp
        return environment | {
            "HOME": home,
            "TMPDIR": str(self.folder),
            "MPLCONFIGDIR": _font_cache(),
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "HDF5_USE_FILE_LOCKING": "FALSE",  # who may read a shared file may lock it, too
            "PYTHONBREAKPOINT": "0",  # one that was forgotten does nothing, as nobody is there to debug
            "KERAS_BACKEND": environment.get("KERAS_BACKEND", "tensorflow"),
            # One thread until the fork: a thread does not survive it, and a lock that it held does.
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
            "GIT_CONFIG_NOSYSTEM": "1",  # it may not be read, and Git ends on that
            "PYTHONPATH": os.pathsep.join(filter(os.path.isabs, places)),  # cnngrader itself may be there
        }


def _remove_left() -> None:
    """Remove the folders of graders that were killed: rubrics may lie in them."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/held"):
        with suppress(OSError):  # another user's, or one that is in use
            if time.time() - path.stat().st_mtime > YOUNG:
                with path.open("ab") as held:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    remove_folder(path.parent)


def _font_cache() -> str:
    """Where matplotlib keeps its list of fonts, so that only the first warm parent makes it."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "cnnkit" / "matplotlib"
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError:
        return tempfile.gettempdir()
    return str(cache)
