import keras
import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from cnnkit.augment import RandomElasticDistortion
from cnnkit.augment.testing import addressed

numpy = keras.ops.convert_to_numpy


@pytest.mark.parametrize("shape", [(3, 40, 57, 2), (2, 1, 9, 1), (2, 9, 1, 1)])
def test_it_samples_as_scipy_does(shape):
    images = np.random.default_rng(0).normal(size=shape).astype("float32")
    layer = RandomElasticDistortion(4.0, rotation=0.2, scale=0.2, seed=0)
    drawn = layer.get_random_transformation(images)
    for order, output in enumerate(
        (layer.transform_segmentation_masks(images, drawn), layer.transform_images(images, drawn))
    ):
        for image, result, *places in zip(images, numpy(output), *map(numpy, drawn), strict=True):
            if order == 0:
                places = np.round(places)  # scipy rounds a half up
            for channel in range(shape[3]):
                expected = map_coordinates(image[..., channel].astype("float64"), places, order=order, mode="nearest")
                np.testing.assert_allclose(result[..., channel], expected, atol=1e-4)


def test_the_border_is_mirrored():
    layer = RandomElasticDistortion()
    mirrored = numpy(layer._mirrored(keras.ops.arange(-7, 14, dtype="float32") + 0.5, 7))
    assert mirrored.tolist() == [*range(6, -1, -1), *range(7), *range(6, -1, -1)]


@pytest.mark.parametrize("grid", [3, 5])
def test_displacements_on_the_grid_are_gaussian_and_smooth_in_between(grid):
    size = 20 * (grid - 1) + 1
    layer = RandomElasticDistortion(2.0, grid=grid, seed=0)
    places = np.stack([numpy(place) for place in layer.get_random_transformation(np.zeros((1500, size, size, 1)))])
    moved = places - np.indices((size, size))[:, None]
    knots = moved[:, :, 20:-20:20, 20:-20:20]
    assert abs(knots.std() - 2) < 0.15 and abs(knots.mean()) < 0.1
    assert abs(np.corrcoef(knots.reshape(2, -1))[0, 1]) < 0.1, "rows and columns are independent"
    assert np.abs(np.diff(moved[:, :, 10:-10, 10:-10], n=2, axis=3)).max() < 0.2


def test_without_displacement_it_turns_and_scales_about_the_centre():
    images, _ = addressed(200, 41, 61)
    layer = RandomElasticDistortion(0.0, rotation=0.03, scale=0.1, seed=0)
    middle = numpy(layer(images))[:, 15:26, 20:41].reshape(200, -1, 2) - [20, 30]
    source = images[0, 15:26, 20:41].reshape(-1, 2) - [20, 30]
    angles, scales = [], []
    for places in middle:
        matrix, *_ = np.linalg.lstsq(source, places, rcond=None)
        np.testing.assert_allclose(source @ matrix, places, atol=1e-3)
        larger = np.linalg.det(matrix) ** -0.5
        np.testing.assert_allclose(matrix @ matrix.T * larger**2, np.eye(2), atol=1e-3)
        scales.append(larger)
        angles.append(np.arctan2(matrix[0, 1], matrix[0, 0]) / (2 * np.pi))
    assert -0.0301 < min(angles) < -0.025 and 0.025 < max(angles) < 0.0301
    assert 0.899 < min(scales) < 0.91 and 1.09 < max(scales) < 1.101


def test_nothing_to_do_is_the_image_itself():
    images = np.random.default_rng(0).normal(size=(2, 30, 20, 3)).astype("float32")
    np.testing.assert_allclose(numpy(RandomElasticDistortion(0.0)(images)), images, atol=1e-4)


@pytest.mark.parametrize(
    "wrong",
    [
        {"displacement": -1},
        {"rotation": -0.1},
        {"scale": 1},
        {"grid": 1},
        {"grid": 2.5},
        {"interpolation": "bicubic"},
    ],
)
def test_impossible_arguments_are_named(wrong):
    with pytest.raises(ValueError, match="and received"):
        RandomElasticDistortion(**wrong)
