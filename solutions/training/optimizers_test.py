"""What the notebook says of Keras's optimizers: with these changes the papers' formulas give what Keras gives."""

import keras
import numpy as np
import pytest

GRADIENTS = np.random.default_rng(0).normal(scale=0.1, size=(20, 5))
RATE, EPS = 0.1, 1e-2


def by_keras(optimizer):
    weight = keras.Variable(np.zeros(5))
    for gradient in GRADIENTS:
        optimizer.apply([keras.ops.convert_to_tensor(gradient.astype("float32"))], [weight])
    return keras.ops.convert_to_numpy(weight)


def adagrad():
    """eps in the root, and the sum of squares starts at 0.1."""
    total, w = 0.1, 0.0
    for g in GRADIENTS:
        total = total + g**2
        w = w - RATE * g / np.sqrt(total + EPS)
    return w


def rmsprop():
    """eps in the root."""
    s, w = 0.0, 0.0
    for g in GRADIENTS:
        s = 0.9 * s + 0.1 * g**2
        w = w - RATE * g / np.sqrt(s + EPS)
    return w


def adadelta():
    """The step is multiplied by a rate, 0.001."""
    s, d, w = 0.0, 0.0, 0.0
    for g in GRADIENTS:
        s = 0.95 * s + 0.05 * g**2
        u = np.sqrt(d + EPS) / np.sqrt(s + EPS) * g
        d = 0.95 * d + 0.05 * u**2
        w = w - 0.001 * u
    return w


def adam():
    """eps is added before the second correction."""
    m, s, w = 0.0, 0.0, 0.0
    for t, g in enumerate(GRADIENTS, 1):
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
        w = w - RATE * m / (1 - 0.9**t) * np.sqrt(1 - 0.999**t) / (np.sqrt(s) + EPS)
    return w


def nadam():
    """beta1 is 0.9 (1 - 0.5 * 0.96^t) in the step and in its corrections."""
    m, s, w, product = 0.0, 0.0, 0.0, 1.0
    for t, g in enumerate(GRADIENTS, 1):
        now, later = (0.9 * (1 - 0.5 * 0.96**k) for k in (t, t + 1))
        product *= now
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
        ahead = later * m / (1 - product * later) + (1 - now) * g / (1 - product)
        w = w - RATE * ahead / (np.sqrt(s / (1 - 0.999**t)) + EPS)
    return w


@pytest.mark.parametrize(
    ("formula", "optimizer"),
    [
        (adagrad, keras.optimizers.Adagrad(RATE, epsilon=EPS)),
        (rmsprop, keras.optimizers.RMSprop(RATE, epsilon=EPS)),
        (adadelta, keras.optimizers.Adadelta(epsilon=EPS)),
        (adam, keras.optimizers.Adam(RATE, epsilon=EPS)),
        (nadam, keras.optimizers.Nadam(RATE, epsilon=EPS)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_keras_differs_from_the_paper_as_the_table_says(formula, optimizer):
    np.testing.assert_allclose(by_keras(optimizer), formula(), atol=1e-5)
