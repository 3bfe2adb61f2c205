import numpy as np
import pytest

from cnnkit.layers import SqueezeAndExcitation
from cnnkit.layers.testing import assert_close, randomize


@pytest.mark.parametrize("use_bias", [True, False])
def test_it_is_the_papers_equations(use_bias):
    images = np.random.default_rng(0).normal(size=(3, 5, 4, 12), loc=1).astype("float32")
    layer = SqueezeAndExcitation(4, use_bias=use_bias)
    layer.build(images.shape)
    randomize(layer)
    w1, b1, w2, b2 = layer.get_weights() if use_bias else (layer.get_weights()[0], 0, layer.get_weights()[1], 0)
    hidden = np.maximum(images.astype("float64").mean(axis=(1, 2)) @ w1 + b1, 0)
    weights = 1 / (1 + np.exp(-(hidden @ w2 + b2)))
    assert hidden.shape == (3, 3) and (hidden > 0).any()
    assert_close(layer(images), images * weights[:, None, None])


def test_the_paper_counts_2514944_more_parameters_in_se_resnet_50():
    """2 / r * sum of blocks * channels**2, section 6.1: 2.5 million, without biases."""
    total = 0
    for blocks, channels in [(3, 256), (4, 512), (6, 1024), (3, 2048)]:
        layer = SqueezeAndExcitation(use_bias=False)
        layer.build((None, None, None, channels))
        total += blocks * layer.count_params()
    assert total == 2_514_944
