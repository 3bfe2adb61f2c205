"""Square windows that do not overlap, and what the layers that pool over them share."""

from collections.abc import Sequence
from typing import Any

from keras import ops

from cnnkit.layers.image_layer import ImageLayer
from cnnkit.layers.input_checks import check_positive, check_window


def split_windows(images: Any, edge: int) -> list[Any]:
    """For each position in a window, row by row, the image of the values there.

    images: (batch, height, width, channels). edge: of the square windows; what is left over at the
    right and the bottom is dropped.

    Returns edge**2 images (batch, height // edge, width // edge, channels).
    """
    _, height, width, channels = ops.shape(images)
    rows, columns = height // edge, width // edge
    blocks = ops.reshape(images[:, : rows * edge, : columns * edge], (-1, rows, edge, columns, edge, channels))
    return [blocks[:, :, row, :, column] for row in range(edge) for column in range(edge)]


def join_windows(parts: Sequence[Any], edge: int) -> Any:
    """The images whose `split_windows` are `parts`."""
    _, height, width, channels = ops.shape(parts[0])
    rows = [ops.stack(parts[start : start + edge], axis=3) for start in range(0, edge**2, edge)]
    return ops.reshape(ops.stack(rows, axis=2), (-1, height * edge, width * edge, channels))


class WindowPooling2D(ImageLayer):
    """Base of the layers that make one row and column of each square window.

    pool_size: edge of the windows, which do not overlap; what is left over at the right and the
    bottom is dropped.

    Input (batch, height, width, channels), output
    (batch, height // pool_size, width // pool_size, channels).
    """

    def __init__(self, pool_size: int = 2, **kwargs: Any):
        super().__init__(**kwargs)
        check_positive(type(self).__name__, pool_size=pool_size)
        self.pool_size = pool_size

    def check_size(self, inputs: Any) -> None:
        """Raises ValueError for images smaller than one window."""
        check_window(type(self).__name__, inputs.shape, self.pool_size)

    def windows(self, inputs: Any) -> list[Any]:
        """`split_windows` of the inputs, which have one window at least."""
        self.check_size(inputs)
        return split_windows(inputs, self.pool_size)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        batch, height, width, channels = super().compute_output_shape(input_shape)
        check_window(type(self).__name__, input_shape, self.pool_size)
        edge = self.pool_size
        return (batch, height and height // edge, width and width // edge, channels)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "pool_size": self.pool_size}
