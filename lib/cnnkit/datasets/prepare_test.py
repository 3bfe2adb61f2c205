import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import tensorflow_datasets as tfds

from cnnkit.datasets import DataError
from cnnkit.datasets.prepare import is_prepared, prepared


class CnnkitTiny(tfds.core.GeneratorBasedBuilder):
    """Three numbers; `during` is called before each is generated."""

    VERSION = tfds.core.Version("1.0.0")
    during = staticmethod(lambda index: None)

    def _info(self):
        return tfds.core.DatasetInfo(builder=self, features=tfds.features.FeaturesDict({"x": np.int64}))

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples()}

    def _generate_examples(self):
        for index in range(3):
            self.during(index)
            yield index, {"x": index}


def numbers(builder):
    return sorted(int(row["x"]) for row in tfds.as_numpy(builder.as_dataset(split="train")))


def everything(folder):
    return {path: path.stat().st_mtime_ns for path in [folder, *folder.rglob("*")]}


def test_the_second_time_generates_and_writes_nothing(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(CnnkitTiny, "during", staticmethod(calls.append))
    assert numbers(prepared(CnnkitTiny, tmp_path)) == [0, 1, 2] and calls == [0, 1, 2]
    before = everything(tmp_path)
    assert numbers(prepared(CnnkitTiny, tmp_path)) == [0, 1, 2] and calls == [0, 1, 2]
    assert everything(tmp_path) == before


def test_an_exception_leaves_nothing_behind(tmp_path, monkeypatch):
    def fail(index):
        if index == 1:
            raise RuntimeError("in the midst")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError, match="in the midst"):
        patch.setattr(CnnkitTiny, "during", staticmethod(fail))
        prepared(CnnkitTiny, tmp_path)
    assert list(tmp_path.iterdir()) == [] and not is_prepared(CnnkitTiny, tmp_path)
    assert numbers(prepared(CnnkitTiny, tmp_path)) == [0, 1, 2]


def test_a_kill_leaves_nothing_that_looks_like_data(tmp_path):
    code = (
        "import os, sys; from pathlib import Path\n"
        "from cnnkit.datasets import digits28, prepare\n"
        "digits28.digit_arrays = lambda split: os.kill(os.getpid(), 9)\n"
        "prepare.prepared(digits28.Digits28, Path(sys.argv[1]))"
    )
    killed = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".preparing-") and any(left.iterdir())
    prepared(CnnkitTiny, tmp_path)
    assert left.exists(), "it might be another process's"
    os.utime(left, (time.time() - 7200,) * 2)
    (tmp_path / CnnkitTiny.name / "1.0.0").rename(tmp_path / "elsewhere")
    prepared(CnnkitTiny, tmp_path)
    assert not left.exists()


def test_of_two_at_the_same_time_one_wins_and_both_have_the_data(tmp_path, monkeypatch):
    second = []

    def another_comes_first(index):
        if index == 1 and not second:
            second.append(None)
            second[0] = numbers(prepared(CnnkitTiny, tmp_path))

    monkeypatch.setattr(CnnkitTiny, "during", staticmethod(another_comes_first))
    assert numbers(prepared(CnnkitTiny, tmp_path)) == [0, 1, 2] == second[0]
    assert [path.name for path in tmp_path.iterdir()] == [CnnkitTiny.name]


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cnnkit_tiny .*Not a directory; set CNNKIT_DATA") as caught:
        prepared(CnnkitTiny, tmp_path / "file" / "home")
    assert "\n" not in str(caught.value)


def test_it_is_quiet(tmp_path, capfd):
    prepared(CnnkitTiny, tmp_path)
    printed = capfd.readouterr()
    assert printed.out == "" and "it/s" not in printed.err and "%" not in printed.err
