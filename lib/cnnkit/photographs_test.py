import numpy as np
import pytest

from cnnkit.photographs import CLASSES, REGIONS, SIZE, WIDTHS, _scaled, photograph, photograph_patches


def test_every_photograph_is_there_without_a_network():
    for name in CLASSES:
        image = photograph(name)
        assert image.dtype == "uint8" and image.ndim == 3 and image.shape[2] == 3 and image.std() > 5


def places_of(patch, name):
    """Columns where the patch, or its mirror image, starts in the photograph, with the photograph's width."""
    size = len(patch)
    for image in _scaled(name):
        windows = np.lib.stride_tricks.sliding_window_view(image[..., 0], (1, size))[:, :, 0]
        for candidate in (patch, patch[:, ::-1]):
            for row, column in np.argwhere((windows == candidate[0, :, 0]).all(axis=2)):
                if np.array_equal(image[row : row + size, column : column + size], candidate):
                    yield column, image.shape[1]


@pytest.mark.parametrize(
    ("split", "size"), [("train", 64), ("test", 64), ("fit", 32), ("validation", 32), ("test", 32)]
)
def test_patches_lie_in_the_region_of_their_split(split, size):
    images, labels = photograph_patches(split, 42, seed=1, size=size)
    for image, label in zip(np.rint(255 * images).astype("uint8"), labels, strict=True):
        places = list(places_of(image, CLASSES[label]))
        assert places
        for column, width in places:
            left, right = (round(share * width) for share in REGIONS[split])
            assert left <= column and column + size <= right


def test_classes_are_equal_and_a_seed_gives_the_same_patches():
    images, labels = photograph_patches("train", 70, seed=3)
    assert np.bincount(labels).tolist() == [5] * len(CLASSES)
    assert images.dtype == "float32" and images.min() >= 0 and images.max() <= 1
    np.testing.assert_array_equal(images, photograph_patches("train", 70, seed=3)[0])
    assert not np.array_equal(labels, photograph_patches("train", 70, seed=4)[1])


def test_a_photograph_is_wide_enough_for_each_region_and_none_shares_a_pixel_with_another():
    for split, (left, right) in REGIONS.items():
        assert min(WIDTHS) * (right - left) >= (32 if split in ("fit", "validation") else SIZE) - 1e-9
    assert REGIONS["fit"][1] <= REGIONS["validation"][0] and REGIONS["validation"][1] <= REGIONS["test"][0]
    assert REGIONS["train"][1] <= REGIONS["test"][0]


def test_names_that_are_none():
    with pytest.raises(ValueError, match="split 'val' of the photographs"):
        photograph_patches("val")
    with pytest.raises(ValueError, match="photograph 'dog': there are astronaut, brick, cat"):
        photograph("dog")
    with pytest.raises(ValueError, match="count is 1 or more"):
        photograph_patches(count=0)
    with pytest.raises(ValueError, match="size is 1 to 32 for the split 'validation'"):
        photograph_patches("validation")
