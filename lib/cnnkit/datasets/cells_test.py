import subprocess
import sys

import numpy as np
import pytest

from cnnkit.datasets import DataError, builder, cell_arrays, load
from cnnkit.datasets._cell_arrays import SPLITS


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNKIT_DATA", str(folder))
        yield folder


def ordered(images, masks):
    order = sorted(range(len(images)), key=lambda index: masks[index].tobytes())
    return images[order], masks[order]


@pytest.mark.parametrize("split", SPLITS)
def test_cells_are_the_cell_arrays(split):
    images, masks = load("cells/96", split)
    assert images.dtype == np.float32 and masks.dtype == np.int64
    assert images.min() >= 0 and images.max() <= 1
    found, expected = ordered(images, masks), ordered(*(array for array in as_loaded(cell_arrays(split, size=96))))
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-6)
    np.testing.assert_array_equal(found[1], expected[1])


def as_loaded(arrays):
    return arrays[0] / 255, arrays[1].astype("int64")


def test_the_size_is_192_where_none_is_named(home, monkeypatch):
    monkeypatch.setattr("cnnkit.datasets.cells.cell_arrays", lambda split, size: cell_arrays(split, 2, size))
    images, masks = load(name="cells", split="train")
    assert images.shape[1:] == (192, 192, 1) and masks.shape[1:] == (192, 192)
    assert (home / "cells" / "192" / "1.0.0").is_dir() and builder("cells").builder_config.name == "192"


def test_the_builder_serves_both_masks():
    dataset = builder("cells/96")
    assert {split: info.num_examples for split, info in dataset.info.splits.items()} == SPLITS
    for example in dataset.as_dataset(split="test[:3]"):
        assert example["image"].shape == example["instance_mask"].shape == (96, 96, 1)
        assert example["image"].dtype == "uint8"
        np.testing.assert_array_equal(example["segmentation_mask"], example["instance_mask"].numpy() > 0)


@pytest.mark.parametrize("name", ["cells/100", "cells/96/1"])
def test_another_size_is_answered_with_the_known_ones(name):
    with pytest.raises(DataError, match=f"'{name}': the sizes of cells are 96, 192, 512"):
        load(name)


def test_a_split_that_is_not_there_is_named():
    with pytest.raises(DataError, match="cells: expected a split or its slice, found 'valid'"):
        load("cells/96", "valid")


def test_loading_warns_of_nothing():
    """A grade cell that writes on standard error earns nothing in nbgrader."""
    code = "import cnnkit; cnnkit.datasets.load('cells/96', 'test')"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "deprecated" not in ended.stderr and "WARNING:absl" not in ended.stderr
