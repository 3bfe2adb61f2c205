"""Images and masks augmented together, in the input pipeline."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import keras

from cnnkit.replaced import replaced

if TYPE_CHECKING:
    import tensorflow as tf

PART = 2**20  # of a label: float32 holds whole numbers to 2**24
NOT_FOR_MASKS = ("AugMix", "CutMix", "MixUp", "RandAugment", "RandomElasticTransform")


def augmented(
    dataset: "tf.data.Dataset", layers: Sequence[keras.layers.Layer], seed: int = 0, mask_fill: int = 0
) -> "tf.data.Dataset":
    """The data set with each image and its mask put through the same random transformations.

    Images (batch, height, width, channels) come out as float32. Masks, whole numbers (batch, height, width) or (batch,
    height, width, 1), keep their type and take the nearest pixel, never a mixture of two, whatever their size up to
    2**40; weights of the masks' shape go with the masks, as float32. Batches are made in parallel, in TensorFlow's
    graph, whatever Keras's backend is.

    Keras 3.15: RandomFlip("horizontal_and_vertical") makes both flips or none, so for each alone give two layers;
    RandomCrop cuts all images of a batch at one place.

    Args:
        dataset: batches of (images, masks), or of (images, masks, weights) for `model.fit`.
        layers: Keras preprocessing layers, this package's among them, applied in their order.
        seed: fixes all that is drawn: the first pass over the data set is the same in each run, and so is the second,
            which differs from the first. The layers' own seeds have no effect.
        mask_fill: the label where a layer leaves room beside the image, whatever it fills the image with: the
            background, or the label that a loss ignores. Weights are 0 there.

    Raises:
        ValueError: for elements that are not such batches, for layers that are not Keras's image preprocessing layers
            or do not compute in float32, and for those that Keras does not apply to images and masks alike: AugMix,
            RandAugment and RandomElasticTransform move the image alone, CutMix and MixUp mix images.

    References:
        The lectures L0 and L4, data augmentation.

    Example:

    >>> import numpy as np, tensorflow as tf
    >>> images, masks = np.zeros((8, 64, 64, 1), "float32"), np.zeros((8, 64, 64), "uint8")
    >>> layers = [keras.layers.RandomFlip("horizontal"), keras.layers.RandomRotation(0.1)]
    >>> dataset = augmented(tf.data.Dataset.from_tensor_slices((images, masks)).batch(4), layers, seed=1)
    >>> [(image.shape, mask.shape, mask.dtype.name) for image, mask in dataset.as_numpy_iterator()]
    [((4, 64, 64, 1), (4, 64, 64), 'uint8'), ((4, 64, 64, 1), (4, 64, 64), 'uint8')]
    """
    import tensorflow as tf

    _check_elements(dataset.element_spec)
    for layer in layers:
        _check_layer(layer)
    copies = [_twin(layer) for layer in layers]

    @tf.autograph.experimental.do_not_convert
    def transform(batch: tuple[tf.Tensor, ...], batch_seed: tf.Tensor) -> tuple[tf.Tensor, ...]:
        images, masks, *weights = batch
        # What is filled becomes 0, so mask_fill is 0 until the end. In two parts, which float32 holds exactly.
        labels = tf.cast(_with_channel(masks), "int64") - mask_fill
        parts = [labels % PART, labels // PART, *map(_with_channel, weights)]
        data = {
            "images": tf.cast(images, "float32"),
            "segmentation_masks": tf.concat([tf.cast(part, "float32") for part in parts], axis=-1),
        }
        seeds = _BatchSeeds(batch_seed)
        for layer in copies:
            data = _apply(layer, data, seeds)
        low, high, *others = tf.unstack(tf.cast(data["segmentation_masks"], "float64"), num=len(parts), axis=-1)
        outputs = [data["images"]]
        for output, array in zip((low + PART * high + mask_fill, *others), (masks, *weights), strict=True):
            output = tf.cast(output, array.dtype)
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


def _with_channel(array: Any) -> Any:
    return array if array.shape.rank == 4 else array[..., None]


def _twin(layer: keras.layers.Layer) -> keras.layers.Layer:
    """The same layer, of which attributes can be set; not made from its configuration, which Keras 3.15 does not read
    back for RandomShear. Layers within it are twins too."""
    twin = object.__new__(type(layer))
    object.__setattr__(twin, "__dict__", dict(vars(layer)))
    masks = twin.transform_segmentation_masks

    def transform_masks(*args: Any, **kwargs: Any) -> Any:
        with replaced(twin, "fill_value", 0.0):
            return masks(*args, **kwargs)

    object.__setattr__(twin, "transform_segmentation_masks", transform_masks)
    return twin


def _apply(layer: keras.layers.Layer, data: Any, seeds: "_BatchSeeds") -> Any:
    """Raises ValueError where Keras cannot."""
    with replaced(layer, "_get_seed_generator", lambda backend=None: seeds):
        try:
            return layer(data, training=True)
        except Exception as error:
            if None in (size := data["images"].shape[1:3].as_list()):
                raise ValueError(
                    f"{type(layer).__name__} needs images of a known size, and received {size[0]}x{size[1]}: resize "
                    "them, or tell their size with tf.ensure_shape"
                ) from error
            raise ValueError(
                f"Keras {keras.__version__} cannot apply {type(layer).__name__} to images together with their masks"
            ) from error


def _check_layer(layer: keras.layers.Layer) -> None:
    if not hasattr(layer, "transform_segmentation_masks"):
        raise ValueError(f"augmented takes Keras's image preprocessing layers, and received {layer!r}")
    if type(layer).__name__ in NOT_FOR_MASKS:
        raise ValueError(
            f"Keras's {type(layer).__name__} moves the image alone, or mixes images, and no mask would fit any more: "
            "give the geometry as layers of its own, cnnkit's RandomElasticDistortion among them"
        )
    if layer.compute_dtype != "float32":
        raise ValueError(
            f'{layer.name} computes in {layer.compute_dtype}, too coarse for labels: give it dtype="float32"'
        )


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
