"""What attacks climb."""

from typing import Any

from keras import ops

from cnnkit.gradients import value_and_gradient
from cnnkit.model_view import ModelView


def margin(logits: Any, classes: Any) -> Any:
    """How far each image is from its class: log of the sum of exp(other logits), less the class's logit.

    Its gradient is that of the cross-entropy, -log p, times a positive number; but that of the cross-entropy is lost in
    rounding where a network is sure, and an attack on it stands still.

    Args:
        logits: (n, classes).
        classes: (n,).

    Returns:
        (n,): below 0 the class has more than half of the softmax's probability p, for this is log((1 - p) / p).

    Example:

    >>> ops.convert_to_numpy(margin(ops.array([[100.0, 0.0]]), ops.array([0]))).tolist()
    [-100.0]
    """
    chosen = ops.one_hot(classes, logits.shape[1], dtype="bool")
    others = ops.logsumexp(ops.where(chosen, -1e30, logits), axis=1)
    return others - ops.sum(ops.where(chosen, logits, 0.0), axis=1)


def margin_gradient(view: ModelView, x: Any, classes: Any) -> tuple[Any, Any]:
    """Of tensors: `margin` of each image, and its gradient for the image."""
    return value_and_gradient(lambda x: margin(view.logits(x), classes), x)
