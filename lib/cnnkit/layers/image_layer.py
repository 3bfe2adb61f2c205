"""What the layers of images share."""

import keras

from cnnkit.layers.input_checks import check_images


class ImageLayer(keras.layers.Layer):
    """Base of the layers that take images (batch, height, width, channels), and of themselves keep their shape.

    Raises ValueError for other inputs.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.compute_output_shape(input_shape)
        self.input_spec = keras.InputSpec(ndim=4)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        check_images(type(self).__name__, input_shape)
        return tuple(input_shape)
