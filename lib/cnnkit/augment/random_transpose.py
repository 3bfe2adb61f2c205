"""Height and width exchanged."""

from typing import Any

import keras

from cnnkit.augment.random_paired_layer import RandomPairedLayer


@keras.saving.register_keras_serializable(package="cnnkit")
class RandomTranspose(RandomPairedLayer):
    """Exchanges height and width of each image and its mask with probability 1/2.

    With both flips it makes all eight symmetries of the square.

    Args:
        seed: as of Keras's random layers.

    Input shape:
        Square images (batch, size, size, channels) or (size, size, channels), or a dictionary of "images" and
        "segmentation_masks".

    Output shape:
        The same.

    Raises:
        ValueError: for images that are not square.

    References:
        The lecture L0, data augmentation: "scale, transpose, and rotate".

    Example:

    >>> import numpy as np
    >>> image = np.array([[1.0, 2.0], [3.0, 4.0]])[..., None]
    >>> turned = RandomTranspose(seed=1)(np.stack([image] * 50))
    >>> np.unique(keras.ops.convert_to_numpy(turned)[..., 0].reshape(50, 4), axis=0).tolist()
    [[1.0, 2.0, 3.0, 4.0], [1.0, 3.0, 2.0, 4.0]]
    """

    def draw(self, shape: tuple[Any, ...], seed: Any) -> Any:
        if shape[1] != shape[2]:
            raise ValueError(f"RandomTranspose takes square images, and received {shape[1]}x{shape[2]}")
        return self.backend.random.uniform((shape[0], 1, 1, 1), seed=seed) < 0.5

    def _transform_images(self, images: Any, transformation: Any, interpolation: str) -> Any:
        return self.backend.numpy.where(transformation, self.backend.numpy.transpose(images, (0, 2, 1, 3)), images)
