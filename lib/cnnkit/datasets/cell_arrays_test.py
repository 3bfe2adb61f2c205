import subprocess
import sys

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt, gaussian_filter
from skimage.filters import threshold_otsu
from skimage.measure import label, regionprops

from cnnkit.datasets import cell_arrays
from cnnkit.datasets._cell_arrays import SPLITS
from cnnkit.datasets.cell_field import draw_cell_field


@pytest.fixture(scope="module")
def arrays():
    return cell_arrays("train", 12)


def test_types_and_shapes(arrays):
    images, masks = arrays
    assert images.dtype == np.uint8 and images.shape == (12, 192, 192, 1)
    assert masks.dtype == np.int32 and masks.shape == (12, 192, 192)
    for mask in masks:
        np.testing.assert_array_equal(np.unique(mask), np.arange(mask.max() + 1))


@pytest.mark.parametrize("source", [7, lambda: np.random.default_rng(7), "test"])
def test_one_source_gives_the_same_images_again(source):
    first, again = (cell_arrays(source() if callable(source) else source, 2, 96) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_seed_is_its_generator_and_a_generator_goes_on():
    rng = np.random.default_rng(3)
    parts = [cell_arrays(rng, 1, 96)[0] for _ in range(2)]
    np.testing.assert_array_equal(np.concatenate(parts), cell_arrays(3, 2, 96)[0])
    assert len(cell_arrays(3, size=96)[0]) == 1


def test_the_splits_are_disjoint_and_whole():
    splits = {split: cell_arrays(split, size=32)[0] for split in SPLITS}
    assert {split: len(images) for split, images in splits.items()} == SPLITS
    together = np.concatenate([*splits.values(), cell_arrays(0, 5, 32)[0]])
    assert len(np.unique(together, axis=0)) == len(together)


def test_a_count_takes_the_first_of_a_split():
    np.testing.assert_array_equal(cell_arrays("validation", 3, 64)[0], cell_arrays("validation", size=64)[0][:3])


def test_each_cell_is_one_part_and_each_part_one_cell(arrays):
    for mask in arrays[1]:
        for connectivity in (1, 2):
            parts = label(mask > 0, connectivity=connectivity)
            pairs = np.unique(np.stack([mask[mask > 0], parts[mask > 0]]), axis=1)
            assert pairs.shape[1] == mask.max() == parts.max()


def gaps(mask):
    """For each cell the distance in pixels to the nearest other one."""
    return [distance_transform_edt((mask == 0) | (mask == n))[mask == n].min() for n in range(1, mask.max() + 1)]


def test_most_cells_touch_and_some_stand_alone(arrays):
    distances = np.concatenate([gaps(mask) for mask in arrays[1][:6]])
    assert np.mean(distances <= 3) > 0.5 and np.mean(distances > 6) > 0.05


def test_cells_are_elongated_and_alike_in_area_in_images_of_any_size():
    for size, count in ((96, 12), (192, 4), (512, 1)):
        whole = [
            cell
            for mask in cell_arrays(11, count, size)[1]
            for cell in regionprops(mask)
            if min(cell.bbox[:2]) > 0 and max(cell.bbox[2:]) < size
        ]
        areas = np.array([cell.area for cell in whole])
        aspects = np.array([cell.axis_major_length / cell.axis_minor_length for cell in whole])
        assert 200 < np.median(areas) < 450 and np.median(aspects) > 1.6 and aspects.max() > 2.5


def test_a_third_is_cell_and_no_threshold_finds_it(arrays):
    images, masks = arrays
    assert 0.2 < np.mean(masks > 0) < 0.45
    scores = []
    for image, mask in zip(images[..., 0], masks > 0, strict=True):
        dark = image < threshold_otsu(image)
        scores.append(max(np.sum(found & mask) / np.sum(found | mask) for found in (dark, ~dark)))
    assert np.mean(scores) < 0.6, "a threshold is no substitute for a network"


def test_a_bright_halo_lies_around_the_cells(arrays):
    images, masks = arrays
    rises = []
    for image, mask in zip(images[..., 0].astype(float), masks > 0, strict=True):
        outside = distance_transform_edt(~mask)
        even = image - gaussian_filter(image, 30)
        rises.append(even[(outside > 0) & (outside <= 2)].mean() - even[(outside > 5) & (outside < 9)].mean())
    assert np.min(rises) > 0 and np.mean(rises) > 3


def test_no_cell_hides_another():
    """Of each cell that lies well within the image most is in the mask; the rest is under others, and between them."""
    for seed in range(5):
        cells = draw_cell_field(np.random.default_rng(seed), 192)
        (mask,) = cell_arrays(seed, 1, 192)[1]
        shares = []
        for patch, level in zip(cells.patches, np.hypot(cells.along, cells.across), strict=True):
            outline = np.zeros((cells.edge, cells.edge), bool)
            outline[patch] = level < 1
            within = mask[outline[cells.image]]
            if within.size > 0.9 * outline.sum():
                shares.append(np.bincount(within)[1:].max(initial=0) / within.size)
        assert len(shares) > 20 and min(shares) > 0.3 and np.mean(shares) > 0.8


def test_light_and_contrast_differ_from_image_to_image(arrays):
    images = arrays[0][..., 0].astype(float)
    assert np.ptp(images.mean(axis=(1, 2))) > 15 and np.ptp(images.std(axis=(1, 2))) > 3
    sides = images[:, :, :64].mean(axis=(1, 2)) - images[:, :, -64:].mean(axis=(1, 2))
    assert np.abs(sides).max() > 8
    assert np.mean((images == 0) | (images == 255)) < 0.01


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("valid",), "split 'valid' of cells: there are 'train', 'validation', 'test'"),
        (("test", 21), "split 'test' of cells has 20 images, and 21 were asked for; a seed"),
        ((1, 0), "count .* received 0"),
        ((1, 2.5), "count .* received 2.5"),
        ((1, 1, 31), "size .* from 32 on, and received 31"),
        ((1, 1, None), "size .* received None"),
    ],
)
def test_what_cannot_be_drawn_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        cell_arrays(*arguments)


def test_no_tensorflow_is_imported():
    code = (
        "import sys, cnnkit.datasets as d; d.cell_arrays(1, 1, 64); "
        "sys.exit(any(m in sys.modules for m in ('tensorflow', 'keras', 'tensorflow_datasets')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
