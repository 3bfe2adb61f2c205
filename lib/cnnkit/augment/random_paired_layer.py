"""What the layers of this folder have in common with Keras's own."""

from typing import Any

import keras

# Keras exports its preprocessing layers, and not the base that gives them their form.
from keras.src.layers.preprocessing.image_preprocessing.base_image_preprocessing_layer import (
    BaseImagePreprocessingLayer,
)


class RandomPairedLayer(BaseImagePreprocessingLayer):
    """A Keras preprocessing layer whose transformation is drawn once, for images and masks.

    seed: a whole number for the same draws in each run; None for others.

    Takes and returns images (batch, height, width, channels) or (height, width, channels), or a
    dictionary of these "images" and their "segmentation_masks", with a channel or without. A
    subclass draws in `draw` and transforms in `_transform_images(images, transformation,
    interpolation)`, which gets masks with "nearest". Both compute with `self.backend`, which is TensorFlow
    inside a tf.data pipeline.
    """

    _USE_BASE_FACTOR = False

    def __init__(self, seed: int | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        if self.data_format != "channels_last":
            raise ValueError(f"{type(self).__name__} takes channels last, and received {self.data_format!r}")
        self.seed = seed
        self.generator = keras.random.SeedGenerator(seed)
        self.interpolation = "bilinear"

    def draw(self, shape: tuple[Any, ...], seed: Any) -> Any:
        """The transformation of a batch of images of this shape, a random one for each image."""
        raise NotImplementedError

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        shape = self.backend.shape(data["images"] if isinstance(data, dict) else data)
        if seed is None:
            seed = self._get_seed_generator(self.backend.name)
        return self.draw(shape if len(shape) == 4 else (1, *shape), seed)

    def transform_segmentation_masks(self, segmentation_masks: Any, transformation: Any, training: bool = True) -> Any:
        masks = self.backend.convert_to_tensor(segmentation_masks)
        if len(masks.shape) == 4:
            return super().transform_segmentation_masks(masks, transformation, training)
        return super().transform_segmentation_masks(masks[..., None], transformation, training)[..., 0]

    def transform_labels(self, labels: Any, transformation: Any, training: bool = True) -> Any:
        return labels

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "seed": self.seed}
