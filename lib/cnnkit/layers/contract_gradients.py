"""The part of the contract that is about gradients."""

from typing import Any

import keras
import numpy as np
from keras import ops

from cnnkit.layers.testing import Sample, arrays, call, gradients, several

STEP = 1e-3


class _Offset(keras.layers.Layer):
    """Inputs plus a weight of their shape, so that layers without weights have something to train."""

    def build(self, input_shape: tuple[int, ...]) -> None:
        self.offset = self.add_weight(shape=input_shape, name="offset")

    def call(self, inputs: Any) -> Any:
        return inputs + self.offset


def training_lowers_the_loss(sample: Sample) -> None:
    keras.utils.set_random_seed(0)
    first, *others = sample.symbols(sample.shape)
    outputs = several(call(sample.make(), [_Offset()(first), *others]))[0]
    model = keras.Model([first, *others], outputs)
    model.compile(keras.optimizers.Adam(0.02), loss="mse", jit_compile=False)
    target = np.zeros(outputs.shape, "float32")
    losses = [float(model.train_on_batch(sample.inputs(), target)) for _ in range(6)]
    assert losses[-1] < losses[0], f"the losses were {losses}"


def finite_differences(sample: Sample) -> None:
    """The gradient for each weight and for the input is the slope along a random direction."""
    layer, (inputs, *others) = sample.built(), sample.inputs()
    rng = np.random.default_rng(2)
    scale = rng.normal(size=several(call(layer, sample.inputs()))[0].shape).astype("float32")

    def outputs(values: list[Any]) -> Any:
        *weights, first = values
        tensors = [first, *others]
        fixed = [variable.value for variable in layer.non_trainable_variables]
        computed, _ = layer.stateless_call(weights, fixed, tensors if others else first)
        return several(computed)[0]

    values = [*arrays([weight.value for weight in layer.trainable_variables]), inputs]
    found = gradients(lambda values: ops.sum(ops.multiply(scale, outputs(values))), values)
    for place, gradient in enumerate(found):
        direction = rng.uniform(-1, 1, gradient.shape)
        ends = []
        for step in (STEP, -STEP):
            moved = [ops.convert_to_tensor(value, "float32") for value in values]
            moved[place] = ops.convert_to_tensor(values[place] + step * direction, "float32")
            ends.append(np.sum(scale * arrays(outputs(moved))[0].astype("float64")))
        slope = (ends[0] - ends[1]) / (2 * STEP)
        assert abs(slope) > 1e-2, "the test's own direction must not be flat"
        np.testing.assert_allclose(np.sum(gradient * direction), slope, rtol=1e-2, atol=3e-3)
