import os
import stat
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from cnnkit.datasets import DataError, builder, data_home, digit_arrays, load


@pytest.fixture(scope="module", autouse=True)
def home():
    """A data home of this module's own, which another user could read."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        os.chmod(folder, 0o755)
        patch.setenv("CNNKIT_DATA", folder)
        yield Path(folder)


def ordered(images, labels):
    """Rows of pixels and label in an order of their own."""
    rows = np.concatenate([np.reshape(images, (len(images), -1)), np.reshape(labels, (-1, 1))], axis=1)
    return rows[np.lexsort(rows.T)]


@pytest.mark.parametrize("split", ["train", "test"])
def test_digits28_are_the_digit_arrays(split):
    images, labels = load(split=split)
    assert images.dtype == np.float32 and labels.dtype == np.int64
    assert images.shape == (len(labels), 28, 28, 1)
    assert images.min() == 0 and images.max() == 1
    expected = digit_arrays(split)
    np.testing.assert_array_equal(ordered(np.rint(255 * images), labels), ordered(*expected))


def test_the_order_is_fixed_and_slices_follow_it():
    images, labels = load(split="test")
    for split, part in (
        ("test[:10]", slice(10)),
        ("test[10:]", slice(10, None)),
        ("test[50%:]", slice(182, None)),
    ):
        some, their = load(split=split)
        np.testing.assert_array_equal(some, images[part])
        np.testing.assert_array_equal(their, labels[part])


def test_the_builder_serves_tf_data():
    digits = builder()
    assert digits.info.splits["train"].num_examples == 1433
    assert digits.info.features["label"].num_classes == 10
    image, label = next(iter(digits.as_dataset(split="train", as_supervised=True).batch(5)))
    assert image.shape == (5, 28, 28, 1) and image.dtype == "uint8" and label.shape == (5,)


def test_data_is_a_folder_to_be_used_instead(home, tmp_path):
    assert Path(builder(data=tmp_path).data_dir).is_relative_to(tmp_path)
    assert Path(builder().data_dir).is_relative_to(home)


def test_what_is_prepared_loads_from_a_folder_that_cannot_be_written(home):
    images, _ = load(split="test")
    folders = [path for path in (home, *home.rglob("*")) if path.is_dir()]
    before = {path: path.stat().st_mtime_ns for path in folders}
    for path in folders:
        path.chmod(0o555)
    root = os.geteuid() == 0
    try:
        if root:  # whom no permission stops
            os.seteuid(65534)
        assert not os.access(home, os.W_OK, effective_ids=True)
        again, _ = load(split="test")
    finally:
        if root:
            os.seteuid(0)
        for path in folders:
            path.chmod(stat.S_IRWXU | 0o055)
    np.testing.assert_array_equal(again, images)
    assert {path: path.stat().st_mtime_ns for path in folders} == before


@pytest.mark.parametrize("split", ["valid", "test[:0]", "test[5000:]", "test[", "test[:x]"])
def test_a_split_that_is_not_there_is_named_in_one_line(split):
    with pytest.raises(DataError, match="expected a split or its slice, found") as caught:
        load(split=split)
    assert split in str(caught.value) and "\n" not in str(caught.value)


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(DataError, match="'mnist28': there are cells, digits28, mnist"):
        load("mnist28")


def test_damaged_data_is_named_with_the_remedy(tmp_path):
    (record,) = Path(builder(data=tmp_path).data_dir).glob("*test.tfrecord*")
    raw = bytearray(record.read_bytes())
    raw[5000] ^= 1
    record.write_bytes(raw)
    with pytest.raises(DataError, match="found damage .*; delete that folder and load again") as caught:
        load(split="test", data=tmp_path)
    assert "\n" not in str(caught.value)
    record.unlink()
    with pytest.raises(DataError, match="found damage .*; delete that folder and load again"):
        load(split="test", data=tmp_path)


def test_home_is_the_variable_else_the_checkout_else_the_cache(home, monkeypatch, tmp_path):
    assert data_home() == home
    monkeypatch.delenv("CNNKIT_DATA")
    checkout = Path(__file__).resolve().parents[3]
    assert data_home() == checkout / "data" / "tfds"
    installed = tmp_path / "lib" / "python" / "cnnkit" / "datasets" / "home.py"
    monkeypatch.setattr(sys.modules[data_home.__module__], "__file__", str(installed))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert data_home() == tmp_path / ".cache" / "cnnkit"
