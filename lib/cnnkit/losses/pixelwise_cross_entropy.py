"""The loss of a segmentation network: softmax and cross-entropy in each pixel."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="cnnkit")
class PixelwiseCrossEntropy(keras.losses.Loss):
    """E = -sum over the pixels x of w(x) log p_l(x)(x), with p the softmax over the classes.

    Labels are whole numbers (batch, height, width), or (batch, height, width, 1), from 0 on; outputs (batch, height,
    width, classes). The weights w are `sample_weight` (batch, height, width), or one for each image (batch,), 1 by
    default: `model.fit(images, labels, sample_weight=weights)`, or a data set of (images, labels, weights).

    Inside a compiled step labels have no values to look at, and such a pixel's loss is not a number: the loss shows
    `nan`.

    It is Keras's sparse categorical cross-entropy, which would take other shapes and, on some backends, count a label
    that is no class as nothing.

    Args:
        from_logits: whether the network's outputs are the activations before the softmax, which is exact for any size
            of them, or the probabilities.
        ignore_label: pixels with this label do not count; None for none.
        reduction: "sum_over_batch_size" divides E by the number of pixels in the batch that count, and not by the sum
            of their weights; "sum" is E itself; "none" gives each pixel's loss.
        class_weights: a number for each class, by which w is multiplied where it is the label; None for none. Keras's
            own `fit(class_weight=...)` takes one label an image alone.
        name, dtype: as for Keras's losses.

    Raises:
        ValueError: for other shapes, and for labels that are no class.

    References:
        The lecture L0, which prints E without the minus sign and sums over the classes; Ronneberger, Fischer, Brox,
        "U-Net", 2015, equation 1.

    Example:

    >>> import numpy as np
    >>> loss = PixelwiseCrossEntropy(reduction="sum")
    >>> labels, logits = np.array([[[0, 1]]]), np.array([[[[0.0, 0.0], [0.0, 3.0]]]], "float32")
    >>> round(float(loss(labels, logits)), 4)  # log 2 + log(1 + exp(-3))
    0.7417
    >>> round(float(loss(labels, logits, sample_weight=np.array([[[10.0, 1.0]]]))), 4)
    6.9801
    """

    def __init__(
        self,
        from_logits: bool = True,
        ignore_label: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        class_weights: Sequence[float] | None = None,
        name: str = "pixelwise_cross_entropy",
        dtype: Any = None,
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.from_logits = from_logits
        self.ignore_label = ignore_label
        self.class_weights = None if class_weights is None else [float(weight) for weight in class_weights]

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        if sample_weight is not None and len(ops.shape(sample_weight)) == 1:  # not one for each column
            sample_weight = ops.reshape(sample_weight, (-1, 1, 1))
        if self.class_weights is not None:
            weights = self._weights_of_labels(self.class_weights, y_true, y_pred)
            sample_weight = weights if sample_weight is None else weights * ops.cast(sample_weight, weights.dtype)
        return super().__call__(y_true, y_pred, sample_weight)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        labels = _without_channel(y_true, y_pred)
        is_class = (labels >= 0) & (labels < y_pred.shape[-1]) & (labels == ops.floor(labels))
        if self.ignore_label is not None:
            is_class = is_class | (labels == self.ignore_label)
        _check_where_known(is_class, labels, y_pred.shape[-1])
        return keras.losses.sparse_categorical_crossentropy(
            ops.where(is_class, labels, 0),
            ops.where(is_class[..., None], y_pred, float("nan")),
            from_logits=self.from_logits,
            ignore_class=self.ignore_label,
        )

    def _weights_of_labels(self, class_weights: list[float], y_true: Any, y_pred: Any) -> Any:
        classes = y_pred.shape[-1]
        if len(class_weights) != classes:
            raise ValueError(
                f"PixelwiseCrossEntropy has {len(class_weights)} class_weights, and received outputs of "
                f"{classes} classes"
            )
        labels = ops.cast(_without_channel(ops.convert_to_tensor(y_true), y_pred), "int32")
        return ops.take(ops.convert_to_tensor(class_weights, self.dtype), ops.clip(labels, 0, classes - 1))

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "from_logits": self.from_logits,
            "ignore_label": self.ignore_label,
            "class_weights": self.class_weights,
        }


def _without_channel(labels: Any, outputs: Any) -> Any:
    """The labels as (batch, height, width)."""
    given, expected = tuple(labels.shape), tuple(outputs.shape)
    if len(expected) == 4 and len(given) == 4 and given[3] == 1:
        labels, given = ops.squeeze(labels, axis=3), given[:3]
    agree = all(a == b or None in (a, b) for a, b in zip(given, expected, strict=False))
    if len(expected) != 4 or len(given) != 3 or not agree:
        raise ValueError(
            "PixelwiseCrossEntropy takes labels (batch, height, width) and outputs (batch, height, width, classes), "
            f"and received labels of shape {tuple(labels.shape)} and outputs of shape {expected}"
        )
    return labels


def _check_where_known(is_class: Any, labels: Any, classes: int) -> None:
    try:
        wrong = ops.convert_to_numpy(labels)[~ops.convert_to_numpy(is_class)]
    except (AttributeError, NotImplementedError, TypeError, RuntimeError):  # traced: no values yet
        return
    if wrong.size:
        raise ValueError(
            f"PixelwiseCrossEntropy takes labels from 0 to {classes - 1}, one for each of the {classes} outputs, "
            f"and received {wrong.min():g} to {wrong.max():g} in {wrong.size} pixels"
        )
