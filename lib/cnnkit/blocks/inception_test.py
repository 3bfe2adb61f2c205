import keras
import numpy as np
import pytest

from cnnkit.blocks import auxiliary_classifier, inception
from cnnkit.models.testing import randomize, run


def test_module_3a():
    """Szegedy et al., table 1: 28x28x256 of 192 maps; its 159K weights are 163,328 = 159.5 * 1024."""
    x = keras.Input((28, 28, 192))
    model = keras.Model(x, inception(x, 64, 96, 128, 16, 32, 32))
    assert model.output_shape == (None, 28, 28, 256)
    assert model.count_params() == 163_328 + (64 + 96 + 128 + 16 + 32 + 32)


@pytest.mark.parametrize(("branch", "reach"), [(slice(0, 2), 0), (slice(2, 5), 1), (slice(5, 9), 2), (slice(9, 14), 1)])
def test_each_branch_sees_its_window(branch, reach):
    """A pixel that changes is seen by 1x1, 3x3, 5x5, and 3x3 for the pooling, in this order."""
    x = keras.Input((9, 11, 3))
    model = keras.Model(x, inception(x, 2, 4, 3, 4, 4, 5))
    randomize(model, 0.5)
    for layer in model.layers:
        if layer.weights:  # no unit may be silent
            layer.set_weights([np.abs(weight) for weight in layer.get_weights()])
    image = np.random.default_rng(0).random((1, 9, 11, 3), dtype="float32")
    changed = image.copy()
    changed[0, 4, 5] += 2
    differs = (run(model, image) != run(model, changed))[0, :, :, branch].any(axis=-1)
    window = np.zeros((9, 11), bool)
    window[4 - reach : 5 + reach, 5 - reach : 6 + reach] = True
    np.testing.assert_array_equal(differs, window)


def test_auxiliary_classifier():
    """Section 5: 5x5 pooling by 3 makes 4x4 of 14x14; 128 filters, 1024 units."""
    x = keras.Input((14, 14, 512))
    model = keras.Model(x, auxiliary_classifier(x, 1000, name="head"))
    assert model.get_layer("head_pool").output.shape == (None, 4, 4, 512)
    assert model.count_params() == 513 * 128 + (4 * 4 * 128 + 1) * 1024 + 1025 * 1000
    assert model.get_layer("head_dropout").rate == 0.7 and model.output_names == ["head"]


@pytest.mark.parametrize("shape", [(4, 9, 3), (None, 14, 3)])
def test_maps_that_the_classifier_cannot_take_are_named(shape):
    with pytest.raises(ValueError, match="5x5 at least, and received shape"):
        auxiliary_classifier(keras.Input(shape), 3)
