"""Pooling that draws one value of each window."""

from typing import Any

import keras
from keras import ops

from cnnkit.layers.precision import as_floats, for_sums
from cnnkit.layers.windows import WindowPooling2D


@keras.saving.register_keras_serializable(package="cnnkit")
class StochasticPooling2D(WindowPooling2D):
    """In training one value of each window, drawn with probability p_i = a_i / sum of a; else sum of p_i a_i.

    No parameters. The gradient goes to the value that was drawn.

    Args:
        pool_size: edge of the square windows, which do not overlap; what is left over at the right and the bottom is
            dropped.
        seed: whole number for draws that can be repeated; None for others each time.

    Input shape:
        (batch, height, width, channels), activations from 0 on, as after a ReLU: values below 0 count as 0, and a
        window without a positive value gives 0.

    Output shape:
        (batch, height // pool_size, width // pool_size, channels).

    Raises:
        ValueError: for other inputs and arguments.

    References:
        Zeiler, Fergus, "Stochastic pooling for regularization of deep convolutional neural networks", 2013, equations 4
        to 6; lecture L3, subsampling.

    Example:

    >>> image = keras.ops.reshape([0.0, 1.0, 3.0, 0.0], (1, 2, 2, 1))
    >>> float(StochasticPooling2D()(image)[0, 0, 0, 0])  # 1/4 * 1 + 3/4 * 3
    2.5
    >>> float(StochasticPooling2D(seed=0)(image, training=True)[0, 0, 0, 0]) in (1.0, 3.0)
    True
    """

    def __init__(self, pool_size: int = 2, seed: int | None = None, **kwargs: Any):
        super().__init__(pool_size, **kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: Any, training: bool = False) -> Any:
        inputs = as_floats(inputs, self.compute_dtype)
        values = for_sums(ops.stack(self.windows(ops.relu(inputs))))
        return ops.cast(self._drawn(values) if training else _weighted_mean(values), inputs.dtype)

    def _drawn(self, values: Any) -> Any:
        cumulative = ops.cumsum(values, axis=0)
        # From (0, 1], so that no value of probability 0 is drawn.
        share = 1 - keras.random.uniform(ops.shape(values)[1:], dtype=values.dtype, seed=self.seed_generator)
        drawn = ops.sum(ops.cast(cumulative < share * cumulative[-1], "int32"), axis=0)
        places = ops.reshape(ops.arange(self.pool_size**2, dtype="int32"), (-1, 1, 1, 1, 1))
        return ops.sum(ops.where(places == drawn, values, ops.zeros_like(values)), axis=0)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "seed": self.seed}


def _weighted_mean(values: Any) -> Any:
    total = ops.sum(values, axis=0)
    return ops.sum(ops.square(values), axis=0) / ops.where(total > 0, total, ops.ones_like(total))
