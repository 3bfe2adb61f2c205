"""Photographs of cats and dogs with their masks: TFDS's `oxford_iiit_pet`, which needs a network once."""

from pathlib import Path

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from cnnkit.datasets.download import downloaded
from cnnkit.datasets.errors import DataError
from cnnkit.datasets.prepare import is_prepared, prepared

NAME = "oxford_iiit_pet"
EDGE = 128


def pets_builder(folder: Path | None) -> tfds.core.DatasetBuilder:
    """TFDS's own builder, prepared: in the data_dir `folder`, or downloaded (800 MB). Raises DataError."""
    builder_class = tfds.builder_cls(NAME)
    if folder is None:
        return downloaded(builder_class, 'pass data="FOLDER" with a TFDS data_dir that holds it, or use "cells"')
    if not is_prepared(builder_class, folder):
        raise DataError(
            f"{folder}: expected a TFDS data_dir that holds {NAME}, found none; leave out `data` to download"
        )
    return prepared(builder_class, folder)


def resized(dataset: tf.data.Dataset, edge: int) -> tuple[np.ndarray, np.ndarray]:
    """All images and masks of a data set, brought to one size.

    dataset: TFDS's, of one image at a time. edge: height and width in pixels.

    Returns uint8 images (n, edge, edge, 3) and masks (n, edge, edge, 1): 0 background, 1 animal, 2 the
    animal's rim, where the people who drew the masks were not sure. A photograph is squeezed, not
    cropped; a mask takes the nearest pixel, since its numbers are no amounts.
    """

    def change(example: dict[str, tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
        image = tf.image.resize(example["image"], (edge, edge), antialias=True)
        mask = tf.image.resize(example["segmentation_mask"], (edge, edge), method="nearest")
        # TFDS has 1 for the animal, 2 for the background, 3 for the rim.
        return tf.cast(tf.round(image), tf.uint8), tf.gather(
            tf.constant([0, 1, 0, 2], tf.uint8), tf.cast(mask, tf.int32)
        )

    pairs = list(tfds.as_numpy(dataset.map(change)))
    return np.stack([image for image, _ in pairs]), np.stack([mask for _, mask in pairs])
