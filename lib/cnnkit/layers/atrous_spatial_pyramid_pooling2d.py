"""DeepLab's view of an image at several scales."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers, ops

from cnnkit.layers.image_layer import ImageLayer
from cnnkit.layers.input_checks import check_all_positive, check_images, check_positive


@keras.saving.register_keras_serializable(package="cnnkit")
class AtrousSpatialPyramidPooling2D(ImageLayer):
    """A 1x1 convolution, 3x3 convolutions at several dilation rates and the image's mean, side by side.

    Each branch has batch normalization and ReLU, and so has the 1x1 convolution that joins them.

    Parameters, without batch normalization's: filters * (channels * (2 + 9 * rates) + filters * (2 + rates)), rates
    their number.

    Args:
        filters: channels of each branch and of the output.
        rates: dilation rates of the 3x3 convolutions, a branch for each; (6, 12, 18) for an image whose edges were
            divided by 16, twice that for 8.

    Input shape:
        (batch, height, width, channels).

    Output shape:
        (batch, height, width, filters).

    Raises:
        ValueError: for other inputs and arguments.

    References:
        Chen, Papandreou, Schroff, Adam, "Rethinking atrous convolution for semantic image segmentation", 2017, section
        3.3 and figure 5; lecture L4, DeepLabv3+.

    Example:

    >>> AtrousSpatialPyramidPooling2D().compute_output_shape((None, 32, 48, 2048))
    (None, 32, 48, 256)
    """

    def __init__(self, filters: int = 256, rates: Sequence[int] = (6, 12, 18), **kwargs: Any):
        super().__init__(**kwargs)
        check_positive("AtrousSpatialPyramidPooling2D", filters=filters)
        check_all_positive("AtrousSpatialPyramidPooling2D", rates=rates)
        self.filters = filters
        self.rates = tuple(rates)
        self.branches = [self._branch(1), *(self._branch(3, rate) for rate in rates)]
        self.image_branch = self._branch(1)
        self.projection = self._branch(1)

    def _branch(self, kernel_size: int, rate: int = 1) -> keras.Sequential:
        convolution = layers.Conv2D(
            self.filters,
            kernel_size,
            padding="same",
            dilation_rate=rate,
            use_bias=False,
            data_format="channels_last",
            dtype=self.dtype_policy,
        )
        normalization = layers.BatchNormalization(axis=-1, dtype=self.dtype_policy)
        return keras.Sequential([convolution, normalization, layers.ReLU(dtype=self.dtype_policy)])

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        check_images("AtrousSpatialPyramidPooling2D", input_shape)
        batch, height, width, channels = input_shape
        for branch in self.branches:
            branch.build(input_shape)
        self.image_branch.build((batch, 1, 1, channels))
        self.projection.build((batch, height, width, self.filters * (len(self.branches) + 1)))
        self.input_spec = keras.InputSpec(ndim=4, axes={-1: channels})

    def call(self, inputs: Any, training: bool = False) -> Any:
        views = [branch(inputs, training=training) for branch in self.branches]
        image = self.image_branch(ops.mean(inputs, axis=(1, 2), keepdims=True), training=training)
        views.append(ops.broadcast_to(image, ops.shape(views[0])))
        return self.projection(ops.concatenate(views, axis=-1), training=training)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (*super().compute_output_shape(input_shape)[:3], self.filters)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "filters": self.filters, "rates": self.rates}
