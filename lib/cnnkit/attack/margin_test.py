"""What the attacks climb."""

import keras
import numpy as np
from keras import ops

from cnnkit import attack
from cnnkit.gradients import value_and_gradient


def test_the_margin_has_the_direction_of_the_cross_entropys_gradient():
    values = ops.convert_to_tensor(np.random.default_rng(0).normal(size=(6, 5)).astype("float32"))
    classes = ops.convert_to_tensor(np.array([0, 1, 2, 3, 4, 0], "int32"))
    _, ours = value_and_gradient(lambda z: attack.margin(z, classes), values)
    _, theirs = value_and_gradient(
        lambda z: keras.losses.sparse_categorical_crossentropy(classes, z, from_logits=True), values
    )
    ours, theirs = (ops.convert_to_numpy(tensor) for tensor in (ours, theirs))
    ratio = (ours / theirs).astype("float64")
    np.testing.assert_allclose(ratio, ratio[:, :1] * np.ones(5), rtol=1e-3)
    assert (ratio > 0).all()
