import keras
import numpy as np
import pytest

from cnnkit.augment import RandomTranspose


def test_half_of_the_images_are_transposed():
    image = np.arange(25.0).reshape(1, 5, 5, 1)
    output = keras.ops.convert_to_numpy(RandomTranspose(seed=0)(np.repeat(image, 400, axis=0)))
    transposed = (output == image.transpose(0, 2, 1, 3)).all(axis=(1, 2, 3))
    assert ((output == image).all(axis=(1, 2, 3)) ^ transposed).all()
    assert 160 < transposed.sum() < 240


def test_with_both_flips_it_makes_the_eight_symmetries_of_the_square():
    images = np.repeat(np.arange(9.0).reshape(1, 3, 3, 1), 200, axis=0)
    for layer in (
        RandomTranspose(seed=1),
        keras.layers.RandomFlip("horizontal", seed=2),
        keras.layers.RandomFlip("vertical", seed=3),
    ):
        images = layer(images, training=True)
    assert len(np.unique(keras.ops.convert_to_numpy(images).reshape(200, 9), axis=0)) == 8


def test_an_oblong_image_is_named():
    with pytest.raises(ValueError, match="square images, and received 4x6"):
        RandomTranspose()(np.zeros((2, 4, 6, 1)))
