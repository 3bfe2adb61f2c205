"""Training on adversarial examples, the defence that holds best."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from cnnkit.attack._pgd import pgd
from cnnkit.attack.bounds import Range, check_epsilon, check_range
from cnnkit.model_view import view_of


def adversarial_training(
    model: keras.Model,
    images: Any,
    labels: Any,
    epsilon: float,
    *,
    steps: int = 1,
    epochs: int = 1,
    batch_size: int = 64,
    clean: float = 0.5,
    value_range: Range = (0.0, 1.0),
    seed: int = 0,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> list[float]:
    """Train a compiled model on batches that are attacked with the weights it has at that time. Changes the model.

    Args:
        model: compiled with a loss for whole-number labels, "sparse_categorical_crossentropy".
        images, labels: (n, ...) with values in value_range, and (n,).
        epsilon: of the attack, `pgd` in the largest norm from a random start with so many steps.
        steps: of the attack.
        epochs: passes over the images.
        batch_size: images in a batch.
        clean: share of each batch that is not attacked; one image of it always is.
        value_range: (lowest, highest) pixel.
        seed: fixes order and starts.
        callbacks: Keras's, told of the training and of each epoch with its loss.

    Returns:
        Each epoch's mean loss.

    Raises:
        ValueError: for arguments that do not fit.

    References:
        Goodfellow, Shlens, Szegedy, 2015, section 6; Madry et al., 2018; Wong, Rice, Kolter, "Fast is better than
        free", 2020, for one step from a random start (see `fgsm`, `pgd`).

    Example:

    >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, "softmax")])
    >>> model.compile("sgd", "sparse_categorical_crossentropy")
    >>> len(adversarial_training(model, np.random.rand(10, 4), np.zeros(10, int), 0.1, epochs=2))
    2
    """
    if not model.compiled:
        raise ValueError(f"{model.name} is not compiled: model.compile(optimizer, loss) first")
    if not 0 <= clean < 1:
        raise ValueError(f"clean is a share from 0 to below 1, and received {clean!r}")
    if epochs < 1 or batch_size < 1:
        raise ValueError(f"epochs and batch_size are 1 or more, and received {epochs!r} and {batch_size!r}")
    view, labels = view_of(model), np.asarray(labels)
    images = view.images(images)
    check_range(images, value_range)
    check_epsilon(epsilon)
    if labels.shape != (len(images),) or labels.dtype.kind not in "iu":
        raise ValueError(f"labels are {len(images)} whole numbers, and received {labels.dtype} {labels.shape}")
    view.classes(labels, images)
    rng, losses = np.random.default_rng(seed), []
    told = keras.callbacks.CallbackList(callbacks, model=model, epochs=epochs)
    told.on_train_begin()
    for epoch in range(epochs):
        told.on_epoch_begin(epoch)
        order = rng.permutation(len(images))
        sums = 0.0
        for first in range(0, len(order), batch_size):
            some = order[first : first + batch_size]
            batch, attacked = images[some], slice(min(round(clean * len(some)), len(some) - 1), None)
            batch[attacked] = pgd(
                model,
                batch[attacked],
                labels[some][attacked],
                epsilon,
                steps=steps,
                step_size=1.25 * epsilon if steps == 1 else None,
                random_start=True,
                value_range=value_range,
                seed=int(rng.integers(2**31)),
            )
            loss = model.train_on_batch(batch, labels[some])
            sums += len(some) * float(np.ravel(loss)[0])
        losses.append(sums / len(images))
        told.on_epoch_end(epoch, {"loss": losses[-1]})
    told.on_train_end()
    return losses
