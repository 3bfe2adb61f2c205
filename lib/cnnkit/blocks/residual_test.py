"""What holds for the three residual blocks."""

import keras
import numpy as np
import pytest

from cnnkit.blocks import residual_basic, residual_bottleneck, resnext_bottleneck
from cnnkit.models.testing import assert_learns, assert_saves_and_loads, images_for, randomize, run

# Each with the filters that keep 12 channels.
BLOCKS = {residual_basic: 12, residual_bottleneck: 3, resnext_bottleneck: 6}
blocks = pytest.mark.parametrize("block", BLOCKS)


def built(block, channels=12, **options):
    x = keras.Input((6, 9, channels))
    if block is resnext_bottleneck:
        options.setdefault("cardinality", 3)
    return keras.Model(x, block(x, BLOCKS[block], name="block", **options))


@blocks
@pytest.mark.parametrize("squeeze_ratio", [None, 4])
def test_without_residual_it_is_the_identity(block, squeeze_ratio):
    """L3: where F(x) is zero, x >= 0 is carried through."""
    model = built(block, squeeze_ratio=squeeze_ratio)
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            layer.set_weights([np.zeros_like(weight) for weight in layer.get_weights()])
    images = images_for(model)
    np.testing.assert_array_equal(run(model, images), images)


@blocks
def test_it_is_relu_of_x_and_residual(block):
    model = built(block)
    randomize(model)
    x, residual = model.get_layer("block_sum").input
    assert x is model.input
    images = images_for(model)
    outputs, residual = run(keras.Model(model.input, [model.output, residual]), images)
    assert (residual < 0).any()
    np.testing.assert_allclose(outputs, np.maximum(images + residual, 0), atol=1e-6)


@blocks
@pytest.mark.parametrize(("channels", "strides"), [(12, 2), (8, 1), (8, 2)])
def test_the_shortcut_is_projected_where_the_shape_changes(block, channels, strides):
    model = built(block, channels, strides=strides)
    assert model.output_shape == (None, 6 // strides, -(-9 // strides), 12)
    projection = model.get_layer("block_projection_conv")
    assert projection.kernel_size == (1, 1) and projection.strides == (strides, strides)
    assert "block_projection_conv" not in {layer.name for layer in built(block).layers}


@blocks
def test_it_learns_saves_and_loads(block, tmp_path):
    keras.utils.set_random_seed(0)
    x = built(block, channels=8, squeeze_ratio=2)
    y = keras.layers.GlobalAveragePooling2D()(x.output)
    model = keras.Model(x.input, keras.layers.Dense(3, activation="softmax")(y))
    assert_saves_and_loads(model, tmp_path)
    assert_learns(model)


def test_the_halving_convolution():
    """ResNet's bottleneck halves at its first 1x1, ResNeXt's at its 3x3."""
    assert built(residual_bottleneck, strides=2).get_layer("block_reduce_conv").strides == (2, 2)
    assert built(resnext_bottleneck, strides=2).get_layer("block_middle_conv").strides == (2, 2)


def test_parameters_of_the_papers_blocks():
    """Xie et al., section 3.1: about 70k for both, 256 channels by 64 and by 32 x 4."""
    x = keras.Input((4, 4, 256))
    weights = []
    for block, filters in ((residual_bottleneck, 64), (resnext_bottleneck, 128)):
        layers = keras.Model(x, block(x, filters)).layers
        weights.append(sum(layer.count_params() for layer in layers if isinstance(layer, keras.layers.Conv2D)))
    assert weights == [256 * 64 + 9 * 64 * 64 + 64 * 256, 32 * (256 * 4 + 9 * 4 * 4 + 4 * 256)]


def test_groups_do_not_see_each_other():
    middle = built(resnext_bottleneck).get_layer("block_middle_conv")
    maps = images_for(keras.Sequential([keras.Input((5, 7, 6)), keras.layers.ReLU()]))
    changed = maps.copy()
    changed[..., 2:4] += 1
    differs = (run(middle, maps) != run(middle, changed)).any(axis=(0, 1, 2))
    assert differs.tolist() == [False, False, True, True, False, False]


def test_dilation_keeps_the_size():
    model = built(residual_basic, dilation_rate=2)
    assert model.output_shape == (None, 6, 9, 12)
    assert model.get_layer("block_second_conv").dilation_rate == (2, 2)


def test_groups_divide_the_filters():
    with pytest.raises(ValueError, match="divides its filters, and received 4 for 6 filters"):
        built(resnext_bottleneck, cardinality=4)
