"""AlexNet's normalization across channels."""

from typing import Any

import keras
import numpy as np
from keras import ops

from cnnkit.layers.image_layer import ImageLayer
from cnnkit.layers.input_checks import check_positive
from cnnkit.layers.precision import as_floats, for_sums


@keras.saving.register_keras_serializable(package="cnnkit")
class LocalResponseNormalization(ImageLayer):
    """b_i = a_i / (k + alpha * sum of a_j**2) ** beta, j over the n channels around i.

    No parameters.

    Args:
        k, alpha, beta: as in the formula. alpha multiplies the sum, as in the paper and in TensorFlow; Caffe and
            PyTorch divide it by n first, so their alpha is n times this one.
        n: number of neighbouring channels, i among them, odd; fewer at the first and the last channels.

    Input shape:
        (batch, height, width, channels).

    Output shape:
        The same.

    Raises:
        ValueError: for other inputs and arguments.

    References:
        Krizhevsky, Sutskever, Hinton, "ImageNet classification with deep convolutional neural networks", 2012, section
        3.3; lecture L4, NORM1 and NORM2 of AlexNet.

    Example:

    >>> one = keras.ops.ones((1, 1, 1, 3))
    >>> keras.ops.convert_to_numpy(LocalResponseNormalization(k=1, n=3, alpha=1, beta=1)(one)).round(3).tolist()
    [[[[0.3330000042915344, 0.25, 0.3330000042915344]]]]
    """

    def __init__(self, k: float = 2.0, n: int = 5, alpha: float = 1e-4, beta: float = 0.75, **kwargs: Any):
        super().__init__(**kwargs)
        check_positive("LocalResponseNormalization", n=n)
        if n % 2 == 0:
            raise ValueError(f"LocalResponseNormalization's n is odd, so that i is in the middle, and received {n}")
        if not (k > 0 and alpha >= 0):
            raise ValueError(f"LocalResponseNormalization needs k > 0 and alpha >= 0, and received {k} and {alpha}")
        self.k, self.n, self.alpha, self.beta = k, n, alpha, beta

    def call(self, inputs: Any) -> Any:
        inputs = as_floats(inputs, self.compute_dtype)
        values = for_sums(inputs)
        # On a CPU one product with a band of ones is faster than n shifted sums, and so is its gradient. Average
        # pooling along the channels is faster only where XLA compiles it, and several times slower elsewhere.
        place = np.arange(inputs.shape[3])
        band = self.alpha * (np.abs(place[:, None] - place) <= self.n // 2)
        scale = self.k + ops.matmul(ops.square(values), ops.cast(band, values.dtype))
        return ops.cast(values * ops.exp(-self.beta * ops.log(scale)), inputs.dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "k": self.k, "n": self.n, "alpha": self.alpha, "beta": self.beta}
