"""Dense block and transition."""

import keras
import numpy as np
import pytest

from cnnkit.blocks import dense_block, dense_transition
from cnnkit.models.testing import images_for, randomize, run


def test_the_output_begins_with_the_input():
    x = keras.Input((5, 7, 4))
    model = keras.Model(x, dense_block(x, repeats=3, growth=2))
    randomize(model)
    images = images_for(model)
    outputs = run(model, images)
    assert outputs.shape == (*images.shape[:3], 4 + 3 * 2)
    np.testing.assert_array_equal(outputs[..., :4], images)


def test_every_layer_sees_all_before_it():
    x = keras.Input((5, 7, 4))
    model = keras.Model(x, dense_block(x, repeats=3, growth=2, name="dense"))
    assert [model.get_layer(f"dense_{k}_reduce_conv").kernel.shape[2] for k in (1, 2, 3)] == [4, 6, 8]
    model.set_weights([np.full_like(weight, 0.1) for weight in model.get_weights()])  # no unit is silent
    images = images_for(model)
    base = run(model, images)
    first = model.get_layer("dense_1_conv")
    first.set_weights([2 * weight for weight in first.get_weights()])
    changed = (run(model, images) != base).any(axis=(0, 1, 2))
    assert changed.tolist() == [False] * 4 + [True] * 6


def test_parameters():
    """Of layer l: norm and 1x1 over all maps, norm and 3x3 over 4 * growth."""
    x = keras.Input((5, 7, 64))
    model = keras.Model(x, dense_block(x, repeats=6))
    maps = [64 + 32 * layer for layer in range(6)]
    assert model.count_params() == sum(4 * m + m * 128 + 4 * 128 + 9 * 128 * 32 for m in maps)


def test_the_transition_averages_what_it_compresses():
    x = keras.Input((4, 7, 6))
    model = keras.Model(x, dense_transition(x, name="transition"))
    randomize(model)
    images = images_for(model)
    mixed, outputs = run(keras.Model(x, [model.get_layer("transition_conv").output, model.output]), images)
    assert outputs.shape == (len(images), 2, 3, 3)
    means = mixed[:, :, :6].reshape(len(images), 2, 2, 3, 2, 3).mean(axis=(2, 4))
    np.testing.assert_allclose(outputs, means, atol=1e-6)


@pytest.mark.parametrize("compression", [0, -0.5, 1.5])
def test_compression_is_a_share(compression):
    with pytest.raises(ValueError, match="at most 1, and received"):
        dense_transition(keras.Input((4, 4, 6)), compression)
