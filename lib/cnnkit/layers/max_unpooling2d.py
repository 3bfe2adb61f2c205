"""The way back from max-pooling."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from cnnkit.layers.input_checks import check_all_positive, check_images, check_positive
from cnnkit.layers.windows import join_windows

Shape = tuple[int | None, ...]


@keras.saving.register_keras_serializable(package="cnnkit")
class MaxUnpooling2D(keras.layers.Layer):
    """Each value at the position that its maximum had in the window, and 0 elsewhere.

    No parameters.

    Args:
        pool_size: edge of the windows of the `MaxPoolingWithIndices2D` that gave the positions.
        output_size: (height, width) of the images before pooling, where pool_size does not divide them; rows and
            columns that pooling dropped are 0. None for pool_size times the input's.

    Input shape:
        [values, positions], both (batch, height, width, channels).

    Output shape:
        (batch, pool_size * height, pool_size * width, channels), or of output_size.

    Raises:
        ValueError: for other inputs and arguments.

    References:
        Zeiler, Taylor, Fergus, "Adaptive deconvolutional networks", 2011, for its "switches"; SegNet; lectures L0 and
        L4, max-unpooling.

    Example:

    >>> values, positions = keras.ops.full((1, 1, 1, 1), 4.0), keras.ops.full((1, 1, 1, 1), 2)
    >>> keras.ops.convert_to_numpy(MaxUnpooling2D()([values, positions]))[0, :, :, 0].tolist()
    [[0.0, 0.0], [4.0, 0.0]]
    """

    def __init__(self, pool_size: int = 2, output_size: Sequence[int] | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        check_positive("MaxUnpooling2D", pool_size=pool_size)
        if output_size is not None:
            check_all_positive("MaxUnpooling2D", output_size=output_size)
            if len(output_size) != 2:
                raise ValueError(f"MaxUnpooling2D's output_size is (height, width), and received {output_size!r}")
        self.pool_size = pool_size
        self.output_size = output_size and tuple(output_size)

    def build(self, input_shape: Sequence[Shape]) -> None:
        self.compute_output_shape(input_shape)

    def call(self, inputs: Sequence[Any]) -> Any:
        values, indices = inputs
        self.compute_output_shape([values.shape, indices.shape])
        nothing = ops.zeros_like(values)
        parts = [ops.where(indices == position, values, nothing) for position in range(self.pool_size**2)]
        outputs = join_windows(parts, self.pool_size)
        if self.output_size is None:
            return outputs
        margins = [(0, size - now) for size, now in zip(self.output_size, ops.shape(outputs)[1:3], strict=True)]
        return ops.pad(outputs, ((0, 0), *margins, (0, 0)))

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:
        if len(input_shape) != 2 or not all(hasattr(shape, "__len__") for shape in input_shape):
            raise ValueError(f"MaxUnpooling2D takes [values, positions], and received shape {input_shape}")
        values, indices = (tuple(shape) for shape in input_shape)
        check_images("MaxUnpooling2D", values)
        if len(indices) != 4 or any(one != other for one, other in zip(values, indices, strict=True) if one and other):
            raise ValueError(f"MaxUnpooling2D's values and positions differ in shape, received {values} and {indices}")
        batch, height, width, channels = values
        sizes = [size and size * self.pool_size for size in (height, width)]
        if self.output_size is None:
            return (batch, *sizes, channels)
        for size, wanted in zip(sizes, self.output_size, strict=True):
            if size is not None and not size <= wanted < size + self.pool_size:
                raise ValueError(f"MaxUnpooling2D's output_size {self.output_size} does not pool to the input {values}")
        return (batch, *self.output_size, channels)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "pool_size": self.pool_size, "output_size": self.output_size}
