"""Each layer, Keras's and ours, does the same to images and masks."""

import keras
import numpy as np
import pytest

from cnnkit import augment
from cnnkit.augment import RandomColorCast, RandomElasticDistortion, RandomTranspose
from cnnkit.augment.testing import addressed, misfit

layers = keras.layers
OURS = [layer for layer in vars(augment).values() if isinstance(layer, type)]
GEOMETRY = {
    "flip": lambda: layers.RandomFlip("horizontal", seed=1),
    "flip upside down": lambda: layers.RandomFlip("vertical", seed=1),
    "rotation": lambda: layers.RandomRotation(0.5, seed=1),
    "scale": lambda: layers.RandomZoom(0.3, 0.3, seed=1),
    "shift": lambda: layers.RandomTranslation(0.2, 0.2, seed=1),
    "shear": lambda: layers.RandomShear(0.3, 0.3, fill_mode="reflect", seed=1),
    "crop": lambda: layers.RandomCrop(29, 37, seed=1),
    "transpose": lambda: RandomTranspose(seed=1),
    "elastic": lambda: RandomElasticDistortion(5.0, seed=1),
    "elastic on a fine grid": lambda: RandomElasticDistortion(2.0, grid=6, seed=1),
    "elastic, turned and scaled": lambda: RandomElasticDistortion(4.0, rotation=0.5, scale=0.3, seed=1),
}
COLOURS = {
    "colour cast": lambda: RandomColorCast(0.5, value_range=(0, 60), seed=1),
    "brightness": lambda: layers.RandomBrightness(0.5, value_range=(0, 60), seed=1),
    "contrast": lambda: layers.RandomContrast(0.5, value_range=(0, 60), seed=1),
}
OF_OURS = {"RandomTranspose": {}, "RandomColorCast": {"amount": 0.1}, "RandomElasticDistortion": {"scale": 0.2}}


def transformed(layer, images, masks):
    output = layer({"images": images, "segmentation_masks": masks[..., None]}, training=True)
    return tuple(keras.ops.convert_to_numpy(output[key]) for key in ("images", "segmentation_masks"))


def test_no_layer_of_ours_is_forgotten():
    walked = {type(make()) for make in (*GEOMETRY.values(), *COLOURS.values())}
    assert OURS and walked.issuperset(OURS) and {layer.__name__ for layer in OURS} == set(OF_OURS)


@pytest.mark.parametrize("name", GEOMETRY)
def test_image_and_mask_are_taken_from_the_same_places(name):
    if name == "rotation" and keras.backend.backend() == "torch":
        pytest.skip("Keras 3.15 on torch turns the mask another way; `augmented` computes with TensorFlow")
    images, masks = addressed(6, 48, 48)
    moved, moved_masks = transformed(GEOMETRY[name](), images, masks)
    assert moved.shape[:3] == moved_masks.shape[:3] and len(moved) == 6
    assert moved.shape != images.shape or np.abs(moved - images).max() > 1, "it does something"
    assert misfit(moved, moved_masks[..., 0], 48) <= 0.501


@pytest.mark.parametrize("name", COLOURS)
def test_colours_leave_the_mask_alone(name):
    images, masks = addressed(3, 20, 30)
    changed, same = transformed(COLOURS[name](), images, masks)
    np.testing.assert_array_equal(same[..., 0], masks)
    assert np.abs(changed - images).max() > 1


@pytest.mark.parametrize("axis", [1, 2])
def test_one_pixel_of_shift_would_be_seen(axis):
    images, masks = addressed(6, 48, 48)
    moved, moved_masks = transformed(GEOMETRY["elastic"](), images, masks)
    assert misfit(moved[:, 1:, 1:], np.roll(moved_masks[..., 0], 1, axis)[:, 1:, 1:], 48) > 0.9


def test_keras_own_elastic_transform_does_not_keep_them_together():
    images, masks = addressed(2, 48, 48)
    layer = layers.RandomElasticTransform((1.0, 1.0), (1.0, 1.0), value_range=(0, 48 * 48), seed=1)
    moved, moved_masks = transformed(layer, images, masks.astype("float32"))  # it fails with integers
    assert misfit(moved, np.round(moved_masks[..., 0]), 48) > 2, "it does now: ours can go"


@pytest.mark.parametrize("layer", OURS)
def test_ours_do_nothing_outside_training(layer):
    images, _ = addressed(2, 9, 9)
    output = layer(**OF_OURS[layer.__name__])(images, training=False)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(output), images)


@pytest.mark.parametrize("layer", OURS)
def test_ours_take_a_single_image_too(layer):
    images, masks = addressed(1, 20, 20)
    one, one_mask = transformed(layer(seed=4), images[0], masks[0])
    batch, batch_masks = transformed(layer(seed=4), images, masks)
    np.testing.assert_array_equal(one, batch[0])
    np.testing.assert_array_equal(one_mask, batch_masks[0])


@pytest.mark.parametrize("layer", OURS)
@pytest.mark.parametrize("dtype", ["mixed_float16", "mixed_bfloat16", "float64"])
def test_ours_compute_in_any_precision(layer, dtype):
    """And take masks without a channel."""
    images, masks = addressed(2, 20, 20)
    plain, exact = layer(seed=4), layer(seed=4, dtype=dtype)
    made = exact({"images": images / 20, "segmentation_masks": masks})
    wanted = plain({"images": images / 20, "segmentation_masks": masks[..., None]})
    assert keras.backend.standardize_dtype(made["images"].dtype) == exact.compute_dtype
    values = keras.ops.convert_to_numpy(keras.ops.cast(made["images"], "float32"))
    np.testing.assert_allclose(values, keras.ops.convert_to_numpy(wanted["images"]), atol=0.02, rtol=0.01)
    wanted_masks = keras.ops.convert_to_numpy(wanted["segmentation_masks"])[..., 0]
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(made["segmentation_masks"]), wanted_masks)


@pytest.mark.parametrize("layer", OURS)
def test_ours_follow_their_seed_and_come_back_from_their_configuration(layer):
    images, _ = addressed(4, 20, 20)
    first = layer(seed=5, **OF_OURS[layer.__name__])
    again = keras.layers.deserialize(keras.layers.serialize(first))
    assert type(again) is layer and again.get_config() == first.get_config()
    calls = [keras.ops.convert_to_numpy(made(images)) for made in (first, again, first)]
    np.testing.assert_array_equal(calls[0], calls[1])
    assert not np.array_equal(calls[0], calls[2]), "the next call draws anew"


@pytest.mark.parametrize("layer", OURS)
def test_ours_know_their_output_shape(layer):
    symbolic = layer(**OF_OURS[layer.__name__])(keras.KerasTensor((None, 24, 24, 3)))
    assert tuple(symbolic.shape) == (None, 24, 24, 3)


@pytest.mark.parametrize("layer", OURS)
def test_ours_take_channels_last(layer):
    with pytest.raises(ValueError, match="channels last, and received 'channels_first'"):
        layer(data_format="channels_first")
