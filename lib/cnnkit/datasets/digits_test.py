import subprocess
import sys

import numpy as np
import pytest
from sklearn.datasets import load_digits

from cnnkit.datasets import digit_arrays


@pytest.fixture(scope="module")
def splits():
    return {split: digit_arrays(split) for split in ("train", "test")}


def test_types_and_shapes(splits):
    for images, labels in splits.values():
        assert images.dtype == np.uint8 and labels.dtype == np.int64
        assert images.shape == (len(labels), 28, 28, 1) and set(labels) == set(range(10))


def test_every_digit_of_scikit_learn_is_in_one_split(splits):
    sources = load_digits()
    images = np.concatenate([splits["train"][0], splits["test"][0]])
    labels = np.concatenate([splits["train"][1], splits["test"][1]])
    assert len(images) == len(np.unique(images, axis=0)) == 1797
    np.testing.assert_array_equal(np.bincount(labels), np.bincount(sources.target))


def test_a_fifth_of_each_digit_is_for_the_test(splits):
    train, test = (np.bincount(splits[split][1]) for split in ("train", "test"))
    np.testing.assert_array_equal(test, np.ceil((train + test) / 5))


def test_each_is_its_source_enlarged(splits):
    """Every image, averaged back over blocks and set to one size, is most like its own 8x8 source."""
    sources = load_digits()
    corners = [(slice(4 + i * 5 // 2, 4 + (i + 1) * 5 // 2)) for i in range(8)]
    images, labels = splits["test"]
    back = np.array([[[image[r, c, 0].mean() for c in corners] for r in corners] for image in images[:100]])
    flat = sources.images.reshape(1797, -1)
    flat = (flat - flat.mean(1, keepdims=True)) / flat.std(1, keepdims=True)
    back = back.reshape(100, -1)
    back = (back - back.mean(1, keepdims=True)) / back.std(1, keepdims=True)
    nearest = (back @ flat.T).argmax(axis=1)
    assert np.mean(sources.target[nearest] == labels[:100]) > 0.9


def test_digits_are_centred_and_about_20_high(splits):
    images = splits["train"][0][..., 0].astype(float)
    weights = images / images.sum(axis=(1, 2), keepdims=True)
    index = np.arange(28)
    for axis in (1, 2):
        centre = (weights.sum(axis=3 - axis) * index).sum(axis=1)
        np.testing.assert_allclose(centre, 13.5, atol=0.35)
    height = (images.max(axis=2) > 64).sum(axis=1)
    assert 18 <= height.mean() <= 22 and height.max() <= 24


def test_white_on_black(splits):
    images = splits["train"][0]
    assert np.median(images) == 0 and np.median(images.max(axis=(1, 2, 3))) == 255


def test_the_caller_may_write_to_the_arrays():
    images, _ = digit_arrays("test")
    images[:] = 0
    assert digit_arrays("test")[0].any()


def test_another_split_is_an_error():
    with pytest.raises(ValueError, match="'valid'.*'train' and 'test'"):
        digit_arrays("valid")


def test_no_tensorflow_is_imported():
    code = (
        "import sys, cnnkit.datasets as d; d.digit_arrays(); "
        "sys.exit(any(m in sys.modules for m in ('tensorflow', 'keras', 'tensorflow_datasets')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
