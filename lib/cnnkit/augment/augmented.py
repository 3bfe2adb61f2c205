"""Images and masks augmented together, in the input pipeline."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import keras

if TYPE_CHECKING:
    import tensorflow as tf


def augmented(dataset: "tf.data.Dataset", layers: Sequence[keras.layers.Layer], seed: int = 0) -> "tf.data.Dataset":
    """The data set with each image and its mask put through the same random transformations.

    dataset: batches of (images, masks), or of (images, masks, weights) for `model.fit`.
    layers: Keras preprocessing layers, this package's among them, applied in their order.
    seed: fixes all that is drawn: the first pass over the data set is the same in each run, and so
        is the second, which differs from the first. The layers' own seeds have no effect.

    Images (batch, height, width, channels) come out as float32. Masks, whole numbers (batch, height,
    width) or (batch, height, width, 1), keep their type and take the nearest pixel, never a mixture
    of two; weights of the masks' shape go with the masks, as float32. Batches are made in parallel,
    in TensorFlow's graph, whatever Keras's backend is.

    Raises ValueError for elements that are not such batches, and for layers that are not Keras's
    image preprocessing layers or do not compute in float32.

    Keras 3.15: RandomFlip("horizontal_and_vertical") makes both flips or none, so for each alone
    give two layers; RandomCrop cuts all images of a batch at one place.

    Source: the lectures L0 and L4, data augmentation.

    >>> import numpy as np, tensorflow as tf
    >>> images, masks = np.zeros((8, 64, 64, 1), "float32"), np.zeros((8, 64, 64), "uint8")
    >>> layers = [keras.layers.RandomFlip("horizontal"), keras.layers.RandomRotation(0.1)]
    >>> dataset = augmented(tf.data.Dataset.from_tensor_slices((images, masks)).batch(4), layers, seed=1)
    >>> [(image.shape, mask.shape, mask.dtype.name) for image, mask in dataset.as_numpy_iterator()]
    [((4, 64, 64, 1), (4, 64, 64), 'uint8'), ((4, 64, 64, 1), (4, 64, 64), 'uint8')]
    """
    import tensorflow as tf

    _check_elements(dataset.element_spec)
    copies = [_copy(layer) for layer in layers]

    @tf.autograph.experimental.do_not_convert
    def transform(batch: tuple[tf.Tensor, ...], batch_seed: tf.Tensor) -> tuple[tf.Tensor, ...]:
        images, masks, *weights = batch
        like_masks = [array if array.shape.rank == 4 else array[..., None] for array in (masks, *weights)]
        data = {
            "images": tf.cast(images, "float32"),
            "segmentation_masks": tf.concat([tf.cast(array, "float32") for array in like_masks], axis=-1),
        }
        seeds = _BatchSeeds(batch_seed)
        for layer in copies:
            layer._get_seed_generator = lambda backend=None: seeds
            data = layer(data, training=True)
        outputs = [data["images"]]
        for channel, array in enumerate((masks, *weights)):
            output = tf.cast(data["segmentation_masks"][..., channel], array.dtype)
            outputs.append(output if array.shape.rank == 3 else output[..., None])
        return tuple(outputs)

    seeds = tf.data.Dataset.random(seed=seed, rerandomize_each_iteration=True)
    pairs = tf.data.Dataset.zip(dataset, seeds)
    return pairs.map(transform, num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)


class _BatchSeeds(keras.random.SeedGenerator):
    """Seeds that depend on the batch's own seed alone, so batches may be made at the same time."""

    def __init__(self, batch_seed: Any):
        self.batch_seed, self.drawn = batch_seed, 0

    def next(self, ordered: bool = True) -> Any:
        import tensorflow as tf

        self.drawn += 1
        return tf.stack([tf.bitcast(tf.cast(self.batch_seed, "uint32"), "int32"), self.drawn])


def _copy(layer: keras.layers.Layer) -> keras.layers.Layer:
    """A copy whose seeds can be replaced."""
    if not hasattr(layer, "transform_segmentation_masks"):
        raise ValueError(f"augmented takes Keras's image preprocessing layers, and received {layer!r}")
    if layer.compute_dtype != "float32":
        raise ValueError(
            f'{layer.name} computes in {layer.compute_dtype}, too coarse for labels: give it dtype="float32"'
        )
    return type(layer).from_config(layer.get_config())


def _check_elements(spec: Any) -> None:
    """Raises ValueError where the data set does not hold batches of (images, masks[, weights])."""

    def is_like_masks(array: Any) -> bool:
        shape = array.shape
        one_value = shape.rank == 3 or (shape.rank == 4 and shape[3] == 1)
        return one_value and shape[:3].is_compatible_with(spec[0].shape[:3])

    is_pair = isinstance(spec, tuple) and len(spec) in (2, 3) and spec[0].shape.rank == 4
    if not is_pair or not spec[1].dtype.is_integer or not all(map(is_like_masks, spec[1:])):
        raise ValueError(
            "augmented takes batches of images (batch, height, width, channels) and whole-number masks (batch, height, "
            f"width), and of weights like the masks, and received {spec}"
        )
