import gzip
import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds
from tensorflow_datasets.image_classification import mnist as tfds_mnist

from cnnkit.datasets import DataError, builder, load, read_idx
from cnnkit.datasets.idx_test import idx_bytes
from cnnkit.datasets.mnist import FILES, checksums

REAL = Path(__file__).resolve().parents[4] / "shared" / "data" / "mnist"
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason=f"{REAL} with MNIST's own test files is absent")
SIZES = {"train": 20, "test": 10}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNKIT_DATA", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A folder of four small files, which TFDS takes for MNIST's own, and their arrays by split."""
    folder, rng, splits = tmp_path / "tiny", np.random.default_rng(0), {}
    folder.mkdir()
    infos = {}
    for split, names in FILES.items():
        arrays = rng.integers(0, 256, (SIZES[split], 28, 28)), rng.integers(0, 10, SIZES[split])
        splits[split] = arrays
        for name, array in zip(names, arrays, strict=True):
            raw = gzip.compress(idx_bytes(array))
            (folder / name).write_bytes(raw)
            infos[f"{tfds_mnist._MNIST_URL}{name}"] = tfds.core.download.checksums.UrlInfo(
                size=tfds.core.units.Size(len(raw)), checksum=hashlib.sha256(raw).hexdigest(), filename=name
            )
    monkeypatch.setattr(tfds_mnist.MNIST, "url_infos", infos)
    monkeypatch.setattr(tfds_mnist, "_TRAIN_EXAMPLES", SIZES["train"])
    monkeypatch.setattr(tfds_mnist, "_TEST_EXAMPLES", SIZES["test"])
    return folder, splits


def same_set(found, expected):
    images, labels = found
    rows = {
        (image.tobytes(), int(label)) for image, label in zip(np.rint(255 * images).astype("u1"), labels, strict=True)
    }
    return rows == {(image.astype("u1").tobytes(), int(label)) for image, label in zip(*expected, strict=True)}


def test_tfds_prepares_the_four_files_without_a_network(tiny, home, monkeypatch):
    folder, splits = tiny
    for split, expected in splits.items():
        images, labels = load("mnist", split, data=folder)
        assert images.shape == (SIZES[split], 28, 28, 1) and images.dtype == np.float32 and labels.dtype == np.int64
        assert same_set((images, labels), expected)
    assert [path.name for path in home.iterdir()] == ["mnist"], "downloads and extracted files are gone"
    assert len(list(folder.iterdir())) == 4, "the folder of the files is only read"
    monkeypatch.setattr(tfds_mnist.MNIST, "_generate_examples", None)  # the second time generates nothing
    assert builder("mnist", data=folder).info.splits["train"].num_examples == 20
    assert same_set(load("mnist", "test"), splits["test"])


def test_a_prepared_folder_is_read_where_it_is(tiny, home, monkeypatch, tmp_path):
    folder, splits = tiny
    builder("mnist", data=folder)
    elsewhere = home.rename(tmp_path / "prepared")
    assert same_set(load("mnist", "test", data=elsewhere), splits["test"])
    assert not home.exists()


def test_the_files_of_one_split_serve_that_split(tiny, home):
    folder, (images, labels) = tiny[0], tiny[1]["test"]
    for name in FILES["train"]:
        (folder / name).unlink()
    found, their = load("mnist", "test[20%:50%]", data=folder)
    np.testing.assert_array_equal(np.rint(255 * found[..., 0]), images[2:5])
    np.testing.assert_array_equal(their, labels[2:5])
    assert not home.exists()
    with pytest.raises(DataError, match="train-images.*: expected a file"):
        load("mnist", "train", data=folder)
    with pytest.raises(DataError, match="found no train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz; fetch"):
        builder("mnist", data=folder)
    for split in ("valid", "test[", "test[20:]", "test[:0]", "test+train"):
        with pytest.raises(DataError, match="split") as caught:
            load("mnist", split, data=folder)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("damage", [lambda raw: raw[:-20], lambda raw: raw[:50] + b"x" + raw[51:]])
def test_a_damaged_file_is_found_before_anything_is_prepared(tiny, home, damage):
    folder, _ = tiny
    path = folder / FILES["train"][0]
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DataError, match="train-images.*expected sha256 .*; fetch it again"):
        load("mnist", "test", data=folder)
    assert not home.exists()


def test_images_of_another_shape_are_named(tiny, monkeypatch):
    folder, _ = tiny
    shutil.copy(folder / FILES["test"][1], folder / FILES["test"][0])
    for name in FILES["train"]:
        (folder / name).unlink()
    sums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES["test"]}
    monkeypatch.setattr("cnnkit.datasets.mnist.checksums", lambda: sums)
    with pytest.raises(DataError, match=r"expected images \(n, 28, 28\) .*, found \(10,\)"):
        load("mnist", "test", data=folder)


def test_a_tilde_is_the_home_folder(tiny, monkeypatch):
    folder, splits = tiny
    for name in FILES["train"]:
        (folder / name).unlink()
    monkeypatch.setenv("HOME", str(folder.parent))
    assert same_set(load("mnist", "test", data=f"~/{folder.name}"), splits["test"])


def test_a_folder_without_files_is_named(tmp_path):
    with pytest.raises(DataError, match="nowhere: expected a prepared mnist or the four original files"):
        load("mnist", data=tmp_path / "nowhere")


def test_without_a_network_one_line_says_what_to_do(monkeypatch, home):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # the port where nobody answers
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(DataError, match='expected a network .*; pass data="FOLDER" .* "digits28"') as caught:
        load("mnist")
    assert "\n" not in str(caught.value) and not home.exists()


def test_tfds_records_the_four_files():
    sums = checksums()
    assert set(sums) == {name for pair in FILES.values() for name in pair}
    assert all(len(value) == 64 for value in sums.values())


@needs_real
def test_the_real_test_split():
    images, labels = load("mnist", "test", data=REAL)
    assert images.shape == (10_000, 28, 28, 1) and images.min() == 0 and images.max() == 1
    assert np.bincount(labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert labels[:5].tolist() == [7, 2, 1, 0, 4]
    raw = read_idx(REAL / FILES["test"][0], sha256=checksums()[FILES["test"][0]])
    assert raw.dtype == np.uint8 and raw.shape == (10_000, 28, 28)
