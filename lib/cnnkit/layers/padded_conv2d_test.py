import keras
import numpy as np
import pytest
from keras import ops

from cnnkit.layers import PaddedConv2D
from cnnkit.layers.testing import assert_close, input_gradient, randomize


def reference(images, kernel, bias, pad, strides=1, dilation=1, groups=1):
    """Output by output, in float64."""
    images = np.pad(images.astype("float64"), ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    rows, columns, depth, filters = kernel.shape
    reach = [dilation * (edge - 1) + 1 for edge in (rows, columns)]
    height, width = [(size - span) // strides + 1 for size, span in zip(images.shape[1:3], reach, strict=True)]
    out = np.zeros((len(images), height, width, filters)) + bias
    for group in range(groups):
        mine = slice(group * filters // groups, (group + 1) * filters // groups)
        part = images[..., group * depth : (group + 1) * depth]
        for y in range(height):
            for x in range(width):
                top, left = y * strides, x * strides
                window = part[:, top : top + reach[0] : dilation, left : left + reach[1] : dilation]
                out[:, y, x, mine] += np.tensordot(window, kernel[..., mine], 3)
    return out


@pytest.mark.parametrize(
    ("kernel_size", "pad", "options"),
    [
        (3, 0, {}),
        ((2, 3), 1, {"strides": 2}),
        (3, 4, {}),
        (2, 2, {"dilation_rate": 3}),
        (3, 2, {"groups": 2, "strides": 3}),
    ],
)
def test_it_is_the_sum_over_each_window_of_the_padded_image(kernel_size, pad, options):
    images = np.random.default_rng(0).normal(size=(2, 7, 10, 4)).astype("float32")
    layer = PaddedConv2D(6, kernel_size, pad=pad, **options)
    layer.build(images.shape)
    randomize(layer)
    renamed = {"dilation_rate": "dilation"}
    expected = reference(images, *layer.get_weights(), pad, **{renamed.get(k, k): v for k, v in options.items()})
    assert_close(layer(images), expected)


@pytest.mark.parametrize(
    ("size", "kernel_size", "strides", "pad", "expected"),
    [(227, 11, 4, 0, 55), (227, 11, 4, 2, 56), (7, 3, 2, 0, 3), (32, 5, 1, 0, 28), (28, 5, 1, 2, 28), (4, 3, 2, 5, 6)],
)
def test_the_lectures_rule_of_sizes(size, kernel_size, strides, pad, expected):
    layer = PaddedConv2D(2, kernel_size, strides=strides, pad=pad)
    assert layer.compute_output_shape((None, size, None, 3)) == (None, expected, None, 2)
    assert expected == (size + 2 * pad - kernel_size) // strides + 1


def test_a_vertical_edge():
    """The lecture's oracle: rows `0 24 24 0`, once for each row."""
    image = np.repeat([[8.0, 8, 8, 0, 0, 0]], 6, axis=0).astype("float32").reshape(1, 6, 6, 1)
    layer = PaddedConv2D(1, 3, use_bias=False)
    layer.build(image.shape)
    layer.set_weights([np.reshape([[1.0, 0, -1]] * 3, (3, 3, 1, 1))])
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(image))[0, :, :, 0], [[0, 24, 24, 0]] * 4)


def test_first_convolution_of_alexnet_has_34944_parameters():
    layer = PaddedConv2D(96, 11, strides=4)
    layer.build((None, 227, 227, 3))
    assert layer.count_params() == 34_944


def without_bias(layer, shape):
    layer.build(shape)
    randomize(layer)
    return layer


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (lambda: PaddedConv2D(3, (3, 2), pad=2, strides=2, use_bias=False), (2, 7, 9, 4)),
        (lambda: PaddedConv2D(4, 3, pad=1, groups=2, use_bias=False), (2, 5, 6, 4)),
        (lambda: keras.layers.Conv2D(3, 3, strides=2, padding="same", use_bias=False), (2, 6, 8, 4)),
        (lambda: keras.layers.Conv2DTranspose(3, 4, strides=2, padding="same", use_bias=False), (2, 4, 5, 4)),
    ],
)
def test_its_gradient_is_its_adjoint(layer, shape):
    """<Ax, y> = <x, A'y>."""
    layer = without_bias(layer(), shape)
    rng = np.random.default_rng(1)
    x = rng.normal(size=shape).astype("float32")
    ax = ops.convert_to_numpy(layer(x)).astype("float64")
    y = rng.normal(size=ax.shape)
    np.testing.assert_allclose(np.vdot(ax, y), np.vdot(x, input_gradient(layer, x, y)), rtol=1e-4)


@pytest.mark.parametrize(("size", "edge", "strides", "pad"), [((6, 8), 3, 1, 0), ((7, 9), 3, 2, 0), ((8, 6), 4, 2, 1)])
def test_the_transposed_convolution_of_the_same_filters_is_its_adjoint(size, edge, strides, pad):
    """`Conv2DTranspose`, cropped by pad, is A' where `PaddedConv2D` is A."""
    rng = np.random.default_rng(2)
    convolution = without_bias(PaddedConv2D(3, edge, strides=strides, pad=pad, use_bias=False), (None, *size, 2))
    transposed = without_bias(keras.layers.Conv2DTranspose(2, edge, strides, use_bias=False), (None, None, None, 3))
    transposed.set_weights(convolution.get_weights())
    x = rng.normal(size=(2, *size, 2)).astype("float32")
    ax = ops.convert_to_numpy(convolution(x)).astype("float64")
    y = rng.normal(size=ax.shape).astype("float32")
    back = ops.convert_to_numpy(transposed(y)).astype("float64")
    back = back[:, pad : back.shape[1] - pad, pad : back.shape[2] - pad]
    assert back.shape == x.shape
    np.testing.assert_allclose(np.vdot(ax, y), np.vdot(x, back), rtol=1e-4)


def test_a_filter_that_does_not_fit_is_named():
    with pytest.raises(ValueError, match=r"covers 5x5, and received shape \(1, 2, 9, 3\).* pad=1"):
        PaddedConv2D(2, 3, dilation_rate=2, pad=1)(np.zeros((1, 2, 9, 3), "float32"))
