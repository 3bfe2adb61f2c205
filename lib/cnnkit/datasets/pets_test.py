import numpy as np
import pytest
import tensorflow_datasets as tfds

from cnnkit.datasets import DataError, load
from cnnkit.datasets.pets import NAME
from cnnkit.datasets.prepare import prepared

SIZES = [(40, 60), (64, 32), (50, 50)]


with tfds.core.registered.skip_registration():

    class Builder(tfds.builder_cls(NAME)):
        """TFDS's own on three photographs of its making: red where the animal is, in the upper half."""

        name = NAME

        def _split_generators(self, _):
            return {"train": self._generate_examples(), "test": self._generate_examples()}

        def _generate_examples(self):
            for number, (height, width) in enumerate(SIZES):
                image, mask = np.zeros((height, width, 3), "uint8"), np.full((height, width, 1), 2, "uint8")
                image[: height // 2, :, 0], mask[: height // 2] = 255, 1
                mask[height // 2] = 3
                yield (
                    number,
                    {
                        "image": image,
                        "segmentation_mask": mask,
                        "label": 0,
                        "species": 0,
                        "file_name": f"{number}.jpg",
                        "head_bbox": tfds.features.BBox(0.0, 0.0, 1.0, 1.0),
                    },
                )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tfds")
    prepared(Builder, folder)
    return folder


@pytest.mark.parametrize(("name", "edge"), [("oxford_iiit_pet", 128), ("oxford_iiit_pet/32", 32)])
def test_photographs_of_any_size_come_in_one_with_masks_of_three_classes(folder, name, edge):
    images, masks = load(name, "train", data=folder)
    assert images.shape == (3, edge, edge, 3) and masks.shape == (3, edge, edge)
    assert images.dtype == np.float32 and images.min() >= 0 and images.max() <= 1
    assert set(np.unique(masks)) == {0, 1, 2}
    animal = edge // 2 - edge // 8
    assert (masks[:, :animal] == 1).all() and (masks[:, -animal:] == 0).all()
    assert images[:, :animal, :, 0].min() > 0.9 and images[:, -animal:].max() < 0.1


def test_a_slice_is_read_and_a_wrong_one_is_told(folder):
    assert len(load("oxford_iiit_pet/32", "test[:2]", data=folder)[0]) == 2
    with pytest.raises(DataError, match="oxford_iiit_pet: expected a split or its slice, found 'trian'"):
        load("oxford_iiit_pet/32", "trian", data=folder)


@pytest.mark.parametrize("edge", ["0", "-3", "x", "4.5", "5000"])
def test_a_wrong_edge_is_told(edge):
    with pytest.raises(DataError, match="the edge is a number of pixels"):
        load(f"oxford_iiit_pet/{edge}")


def test_a_folder_without_it_is_told(tmp_path):
    with pytest.raises(DataError, match=r"expected a TFDS data_dir that holds oxford_iiit_pet"):
        load("oxford_iiit_pet", data=tmp_path)
