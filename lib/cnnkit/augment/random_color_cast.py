"""Light of another colour."""

from typing import Any

import keras

from cnnkit.augment.random_paired_layer import RandomPairedLayer


@keras.saving.register_keras_serializable(package="cnnkit")
class RandomColorCast(RandomPairedLayer):
    """Adds to each channel of each image a number of its own, and leaves masks as they are.

    Keras's RandomBrightness changes all channels by one number, and RandomHue does nothing to grey.

    Args:
        amount: the largest change, as a part of the range of values, from 0 to 1. Each channel is changed with
            probability 1/2, by a number drawn evenly from -amount to amount.
        value_range: (lowest, highest) value of the images; results are clipped to it.
        seed: as of Keras's random layers.

    Input shape:
        Images (batch, height, width, channels) or (height, width, channels), or a dictionary of "images" and
        "segmentation_masks".

    Output shape:
        The same.

    Raises:
        ValueError: for an amount outside 0 to 1 and a range that is none.

    References:
        The lecture L4, "Color casting"; Wu, Yan, Shan, Dang, Sun, "Deep Image: scaling up image recognition", 2015,
        section 3.3.1, where amount = 20/255.

    Example:

    >>> import numpy as np
    >>> red, green, blue = RandomColorCast(0.2, value_range=(0, 1), seed=2)(np.full((4, 4, 3), 0.5))[0, 0]
    >>> all(0.3 <= channel <= 0.7 for channel in (red, green, blue)) and not red == green == blue
    True
    """

    def __init__(
        self,
        amount: float = 20 / 255,
        value_range: tuple[float, float] = (0, 255),
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(seed=seed, **kwargs)
        if not 0 <= amount <= 1:
            raise ValueError(f"RandomColorCast's amount is from 0 to 1, and received {amount!r}")
        if len(value_range) != 2 or not value_range[0] < value_range[1]:
            raise ValueError(f"RandomColorCast's value_range is (lowest, highest), and received {value_range!r}")
        self.amount = amount
        self.value_range = tuple(value_range)

    def draw(self, shape: tuple[Any, ...], seed: Any) -> Any:
        channels = (shape[0], 1, 1, shape[3])
        largest = self.amount * (self.value_range[1] - self.value_range[0])
        change = self.backend.random.uniform(channels, -largest, largest, seed=seed)
        return self.backend.numpy.where(self.backend.random.uniform(channels, seed=seed) < 0.5, change, 0.0)

    def _transform_images(self, images: Any, transformation: Any, interpolation: str) -> Any:
        changed = images + self.backend.cast(transformation, images.dtype)
        return self.backend.numpy.clip(changed, *self.value_range)

    def transform_segmentation_masks(self, segmentation_masks: Any, transformation: Any, training: bool = True) -> Any:
        return segmentation_masks

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "amount": self.amount, "value_range": self.value_range}
