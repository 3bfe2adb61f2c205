"""A convolution that leaves out connections: layer C3 of LeNet-5."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from cnnkit.layers.input_checks import check_images, check_positive, check_window
from cnnkit.layers.precision import as_floats


@keras.saving.register_keras_serializable(package="cnnkit")
class PartiallyConnectedConv2D(keras.layers.Layer):
    """A convolution in which each output map sees only some of the input maps.

    Parameters: kernel_size**2 for each 1, and a bias for each column: 60 * 25 + 16 = 1,516 in C3.

    Args:
        connections: a row for each input map, in it a 0 or 1 for each output map: 1 where they are connected. Every
            output map is connected to one input map at least.
        kernel_size: edge of the square filters, one for each connection.
        activation: a function or its Keras name; None for none.
        kernel_initializer: as for the Conv2D with all connections, of which these filters are a part.

    Input shape:
        (batch, height, width, rows).

    Output shape:
        (batch, height - kernel_size + 1, width - kernel_size + 1, columns).

    Raises:
        ValueError: for other inputs and arguments.

    References:
        LeCun et al. 1998, section II.B, table I.

    Example:

    >>> layer = PartiallyConnectedConv2D([[1, 0], [1, 1]], 3)  # the first map reaches the first output alone
    >>> layer.build((None, None, None, 2))
    >>> layer.count_params()  # 3 * 9 + 2
    29
    """

    def __init__(
        self,
        connections: Sequence[Sequence[int]] | np.ndarray,
        kernel_size: int,
        activation: Any = None,
        kernel_initializer: Any = "glorot_uniform",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        check_positive("PartiallyConnectedConv2D", kernel_size=kernel_size)
        self.connections = _table(connections)
        self.kernel_size = kernel_size
        self.activation = keras.activations.get(activation)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        rows, columns = self.connections.shape
        check_images("PartiallyConnectedConv2D", input_shape, channels=rows)
        edge, count = self.kernel_size, int(self.connections.sum())
        connected = np.flatnonzero(self.connections)
        # Where each filter of the full convolution lies among ours; zeros stand behind ours for the missing.
        self._position = np.full(rows * columns, count, "int32")
        self._position[connected] = np.arange(count)

        def part_of_full(shape: tuple[int, ...], dtype: Any = None) -> Any:
            full = self.kernel_initializer((edge, edge, rows, columns), dtype=dtype)
            return ops.take(ops.reshape(full, (edge, edge, rows * columns)), connected, axis=2)

        self.kernel = self.add_weight(shape=(edge, edge, count), initializer=part_of_full, name="kernel")
        self.bias = self.add_weight(shape=(columns,), initializer="zeros", name="bias")
        self.input_spec = keras.InputSpec(ndim=4, axes={-1: rows})

    def call(self, inputs: Any) -> Any:
        check_window("PartiallyConnectedConv2D", inputs.shape, self.kernel_size)
        inputs = as_floats(inputs, self.compute_dtype)
        outputs = ops.conv(inputs, self.full_kernel(), padding="valid", data_format="channels_last")
        return self.activation(outputs + self.bias)

    def full_kernel(self) -> Any:
        """The kernel (edge, edge, rows, columns) of the full convolution, 0 where nothing is connected."""
        padded = ops.pad(self.kernel, [[0, 0], [0, 0], [0, 1]])
        filters = ops.take(padded, self._position, axis=2)
        return ops.reshape(filters, (self.kernel_size, self.kernel_size, *self.connections.shape))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        rows, columns = self.connections.shape
        check_images("PartiallyConnectedConv2D", input_shape, channels=rows)
        check_window("PartiallyConnectedConv2D", input_shape, self.kernel_size)
        batch, height, width, _ = input_shape
        margin = self.kernel_size - 1
        return (batch, height and height - margin, width and width - margin, columns)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "connections": self.connections.tolist(),
            "kernel_size": self.kernel_size,
            "activation": keras.activations.serialize(self.activation),
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }


def _table(connections: Sequence[Sequence[int]] | np.ndarray) -> np.ndarray:
    try:
        table = np.array(connections, dtype=np.float64)
    except (TypeError, ValueError):  # rows of different lengths, or no numbers
        table = np.empty(0)
    if table.ndim != 2 or not np.isin(table, (0, 1)).all() or not table.any(axis=0).all() or not table.size:
        raise ValueError(
            "connections is a table of 0 and 1, a row for each input map and a 1 at least in each "
            f"column, and received {connections!r}"
        )
    return table.astype("int32")
