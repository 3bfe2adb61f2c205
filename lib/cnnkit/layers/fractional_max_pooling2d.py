"""Max-pooling by a factor that is no whole number."""

import functools
from typing import Any

import keras
from keras import ops

from cnnkit.layers.image_layer import ImageLayer


@keras.saving.register_keras_serializable(package="cnnkit")
class FractionalMaxPooling2D(ImageLayer):
    """Max-pooling over windows of edge 1 or 2, in random order, so that edges shrink by a ratio between.

    All images and channels of a batch have the same windows, rows and columns their own. Without training they are
    evenly spread and always the same; call with training=True and average, to average over windows as the paper does. A
    window of 3 stands where the rounded output is below half of the input. No parameters.

    Args:
        pooling_ratio: input edge / output edge, above 1 and below 2.
        pseudo_random: True for windows whose edges are a_i = floor(n / m * i + t), with one random t for all, False for
            a random order of the lengths. n and m are the edges of input and output.
        overlapping: True for windows from a_i to a_(i+1) inclusive, False for windows that end before.
        seed: whole number for windows that can be repeated; None for others each time.

    Input shape:
        (batch, height, width, channels).

    Output shape:
        (batch, floor(height / pooling_ratio), floor(width / pooling_ratio), channels).

    Raises:
        ValueError: for other inputs and arguments.

    References:
        Graham, "Fractional max-pooling", 2014, section 2, whose sequence ceil(ratio * (i + u)) is this one counted from
        1; the windows cover every row and column. Lecture L3, subsampling.

    Example:

    >>> FractionalMaxPooling2D(2**0.5).compute_output_shape((None, 36, 25, 3))
    (None, 25, 17, 3)
    """

    def __init__(
        self,
        pooling_ratio: float = 2**0.5,
        pseudo_random: bool = True,
        overlapping: bool = True,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if not 1 < pooling_ratio < 2:
            raise ValueError(f"FractionalMaxPooling2D's pooling_ratio is between 1 and 2, and received {pooling_ratio}")
        self.pooling_ratio = pooling_ratio
        self.pseudo_random = pseudo_random
        self.overlapping = overlapping
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: Any, training: bool = False) -> Any:
        self.compute_output_shape(inputs.shape)
        return self._pool(self._pool(inputs, 1, training), 2, training)

    def _pool(self, images: Any, axis: int, training: bool) -> Any:
        size = ops.shape(images)[axis]
        edges = self._edges(size, self._count(size), training)
        starts, ends = edges[:-1], edges[1:]
        last = ops.minimum(ends, size - 1) if self.overlapping else ends - 1
        # Windows are 3 long at most; shorter ones take their last value again.
        steps = range(3 + self.overlapping)
        values = [ops.take(images, ops.minimum(starts + step, last), axis=axis) for step in steps]
        return functools.reduce(ops.maximum, values)

    def _edges(self, size: Any, count: Any, training: bool) -> Any:
        """count + 1 whole numbers from 0 to size, in steps that differ by 1 at most."""
        if training and not self.pseudo_random:
            order = keras.random.shuffle(ops.arange(count, dtype="int32"), seed=self.seed_generator)
            lengths = size // count + ops.cast(order < size % count, "int32")
            return ops.pad(ops.cumsum(lengths), ((1, 0),))
        shift = count // 2
        if training:
            shift = keras.random.randint((), 0, count, dtype="int32", seed=self.seed_generator)
        return (size * ops.arange(count + 1, dtype="int32") + shift) // count

    def _count(self, size: Any) -> Any:
        if isinstance(size, int):
            return int(size / self.pooling_ratio)
        return ops.cast(ops.cast(size, "float64") / self.pooling_ratio, "int32")

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        batch, height, width, channels = super().compute_output_shape(input_shape)
        if any(size is not None and size < self.pooling_ratio for size in (height, width)):
            raise ValueError(
                f"FractionalMaxPooling2D of ratio {self.pooling_ratio} would leave nothing: received shape "
                f"{tuple(input_shape)}"
            )
        return (batch, height and self._count(height), width and self._count(width), channels)

    def get_config(self) -> dict[str, Any]:
        names = ("pooling_ratio", "pseudo_random", "overlapping", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
