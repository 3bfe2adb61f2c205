"""Features of one length for images of any size."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from cnnkit.layers.image_layer import ImageLayer
from cnnkit.layers.input_checks import check_all_positive, check_images

POOLINGS = {"max": ops.max, "average": ops.mean}


@keras.saving.register_keras_serializable(package="cnnkit")
class SpatialPyramidPooling2D(ImageLayer):
    """Pools over grids of 1x1, 2x2, 4x4 ... bins that cover the image, and puts all into one vector.

    Bin i of an edge n is from floor(i * n / level) to ceil((i + 1) * n / level). No parameters.

    `keras.layers.AdaptiveMaxPooling2D` has the same bins for images of a size that is known when the model is built.

    Args:
        levels: bins along an edge, for each grid.
        pooling: "max" or "average".

    Input shape:
        (batch, height, width, channels), of any height and width.

    Output shape:
        (batch, sum of level**2 * channels): level after level, bins row by row, channels last.

    Raises:
        ValueError: for other inputs and arguments.

    References:
        He, Zhang, Ren, Sun, "Spatial pyramid pooling in deep convolutional networks for visual recognition", 2014,
        section 2.2 and figure 3, whose grids are the default; lecture L4.

    Example:

    >>> pyramid = SpatialPyramidPooling2D()
    >>> [pyramid(keras.ops.ones((1, *size, 256))).shape[1] for size in [(13, 13), (10, 31)]]
    [5376, 5376]
    """

    def __init__(self, levels: Sequence[int] = (1, 2, 4), pooling: str = "max", **kwargs: Any):
        super().__init__(**kwargs)
        check_all_positive("SpatialPyramidPooling2D", levels=levels)
        pooling = getattr(pooling, "__name__", pooling)  # Keras's older file format takes "max" for NumPy's function
        if pooling not in POOLINGS:
            raise ValueError(f"SpatialPyramidPooling2D's pooling is one of {list(POOLINGS)}, and received {pooling!r}")
        self.levels = tuple(levels)
        self.pooling = pooling

    def call(self, inputs: Any) -> Any:
        return ops.concatenate([self._grid(inputs, level) for level in self.levels], axis=1)

    def _grid(self, images: Any, level: int) -> Any:
        pool = POOLINGS[self.pooling]
        height, width = ops.shape(images)[1:3]
        rows = [pool(images[:, start:end], axis=1) for start, end in _bins(height, level)]
        bins = [pool(row[:, start:end], axis=1) for row in rows for start, end in _bins(width, level)]
        return ops.concatenate(bins, axis=1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        channels = check_images("SpatialPyramidPooling2D", input_shape)
        return (input_shape[0], sum(level**2 for level in self.levels) * channels)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "levels": self.levels, "pooling": self.pooling}


def _bins(size: Any, level: int) -> list[tuple[Any, Any]]:
    return [(place * size // level, ((place + 1) * size + level - 1) // level) for place in range(level)]
