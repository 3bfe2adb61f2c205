import numpy as np
import pytest

from cnnkit.models import fcn8s, fcn16s, fcn32s
from cnnkit.models.testing import images_for, parameters, randomize, run, shape, without_weights

# VGG-16's convolutions, its dense layers as convolutions, and 21 scores.
CONVOLUTIONAL = 14_714_688 + 102_764_544 + 16_781_312 + 21 * 4097
POOL4, POOL3, TWICE = 21 * 513, 21 * 257, 16 * 21**2


@pytest.mark.parametrize(
    ("network", "learned", "stride"),
    [
        (fcn32s, CONVOLUTIONAL, 32),
        (fcn16s, CONVOLUTIONAL + TWICE + POOL4, 16),
        (fcn8s, CONVOLUTIONAL + 2 * TWICE + POOL4 + POOL3, 8),
    ],
)
def test_parameters(network, learned, stride):
    """Long et al., table 1: 134 million, the fixed upsampling not among them."""
    with without_weights():
        model = network()
    assert parameters(model) == (learned, (2 * stride) ** 2 * 21**2)
    assert learned // 10**6 == 134 and model.output_shape == (None, 224, 224, 21)


def test_sizes_of_the_sums():
    with without_weights():
        model = fcn8s(input_shape=(320, 512, 3))
    assert shape(model, "score") == (10, 16, 21)
    assert shape(model, "sum_pool4") == (20, 32, 21) and shape(model, "sum_pool3") == (40, 64, 21)


@pytest.mark.parametrize(("network", "skips"), [(fcn16s, ["pool4"]), (fcn8s, ["pool4", "pool3"])])
def test_a_skip_begins_without_effect_and_then_has_one(network, skips):
    """Scores of a skip begin as zeros, as in the paper; with others the output is another."""
    fine = network(3, (32, 64, 3), width=1 / 16)
    images = images_for(fine, 1)
    assert all((w == 0).all() for name in skips for w in fine.get_layer(f"score_{name}").get_weights())
    for name in skips:
        randomize(fine)
        base = run(fine, images)
        layer = fine.get_layer(f"score_{name}")
        layer.set_weights([np.zeros_like(weight) for weight in layer.get_weights()])
        assert np.abs(run(fine, images) - base).max() > 1e-4


def test_sizes_that_fit_are_named():
    with pytest.raises(ValueError, match=r"multiples of 32 .* received \(100, 96, 3\); nearest to 100: 96 and 128"):
        fcn32s(3, (100, 96, 3))
