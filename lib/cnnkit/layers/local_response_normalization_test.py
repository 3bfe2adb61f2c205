import numpy as np
import pytest
from keras import ops

from cnnkit.layers import LocalResponseNormalization
from cnnkit.layers.testing import assert_close


def reference(a, k, n, alpha, beta):
    """The paper's formula, channel by channel, in float64."""
    a, channels = a.astype("float64"), a.shape[3]
    b = np.zeros_like(a)
    for i in range(channels):
        total = sum(a[..., j] ** 2 for j in range(max(0, i - n // 2), min(channels - 1, i + n // 2) + 1))
        b[..., i] = a[..., i] / (k + alpha * total) ** beta
    return b


@pytest.mark.parametrize(
    "options",
    [
        {"k": 2, "n": 5, "alpha": 1e-4, "beta": 0.75},
        {"k": 1, "n": 3, "alpha": 0.5, "beta": 0.6},
        {"k": 0.5, "n": 1, "alpha": 2, "beta": 1},
        {"k": 2, "n": 21, "alpha": 0.1, "beta": 2},
    ],
)
def test_it_is_the_papers_formula(options):
    a = np.random.default_rng(0).normal(size=(2, 3, 4, 9), scale=5).astype("float32")
    assert_close(LocalResponseNormalization(**options)(a), reference(a, **options))


def test_the_papers_numbers_are_the_default():
    a = np.random.default_rng(1).normal(size=(1, 2, 3, 8), scale=100).astype("float32")
    assert_close(LocalResponseNormalization()(a), reference(a, k=2, n=5, alpha=1e-4, beta=0.75))


def test_in_half_precision_large_values_do_not_overflow():
    a = np.full((1, 1, 2, 3), 1000.0, "float32")
    outputs = LocalResponseNormalization(dtype="mixed_float16")(a)
    assert_close(ops.cast(outputs, "float32"), reference(a, k=2, n=5, alpha=1e-4, beta=0.75), 2e-3)
