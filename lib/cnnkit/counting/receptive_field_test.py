"""The receptive field against sets of places, followed back from each output to the image."""

import random
from math import floor

import pytest

from cnnkit.counting import count
from cnnkit.counting.specs import (
    Add,
    BilinearUpsampling2D,
    Concatenate,
    Conv2D,
    Conv2DTranspose,
    DepthwiseConv2D,
    GlobalPooling2D,
    Input,
    Pooling2D,
    Unpooling2D,
)


def seen(layer, places):
    """The places along an edge without end that the outputs at `places` are computed from."""
    if isinstance(layer, Conv2DTranspose):
        return {
            place // layer.stride - back
            for place in places
            for back in range(layer.kernel)
            if 0 <= place - (place // layer.stride - back) * layer.stride < layer.kernel
        }
    if isinstance(layer, BilinearUpsampling2D):
        doubled = {(2 * place + 1 - layer.size, 2 * layer.size) for place in places}  # (o + 1/2) / u - 1/2
        return {floor(a / b) for a, b in doubled} | {-floor(-a / b) for a, b in doubled}
    if isinstance(layer, Unpooling2D):
        return {place // layer.size for place in places}
    if isinstance(layer, Pooling2D):
        stride, taps = layer.stride or layer.size, range(layer.size)
    else:
        stride, taps = layer.stride, range(0, layer.kernel * layer.dilation, layer.dilation)
    return {place * stride + tap for place in places for tap in taps}


def widest(layers):
    """The longest stretch of the image that one output sees."""
    widths = []
    for output in range(64):
        places = {output}
        for layer in reversed(layers):
            places = seen(layer, places)
        widths.append(max(places) - min(places) + 1 if places else 0)  # a transposed kernel can leave gaps
    return max(widths)


def counted(layers):
    return count([Input((400, 400, 2)), *layers])[-1].receptive_field[0]


def shrinking(rng):
    return rng.choice(
        [
            Conv2D(2, rng.randint(1, 5), stride=rng.randint(1, 2), pad=rng.randint(0, 1)),
            Conv2D(2, rng.randint(1, 3), dilation=rng.randint(1, 3)),
            DepthwiseConv2D(rng.randint(1, 4)),
            Pooling2D(rng.randint(1, 3), rng.choice([None, 1, 2])),
        ]
    )


def enlarging(rng):
    return rng.choice(
        [
            Conv2DTranspose(2, rng.randint(1, 5), stride=rng.randint(1, 3)),
            Unpooling2D(rng.randint(1, 3)),
            BilinearUpsampling2D(rng.randint(2, 4)),
            Conv2D(2, rng.randint(1, 4)),
        ]
    )


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("kinds", ["shrinking", "enlarging"])
def test_chains_of_one_kind_are_exact(kinds, seed):
    rng = random.Random(seed)
    layers = [{"shrinking": shrinking, "enlarging": enlarging}[kinds](rng) for _ in range(rng.randint(1, 4))]
    assert counted(layers) == widest(layers)


@pytest.mark.parametrize("size", [2, 3, 4, 5])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4])
def test_bilinear_upsampling_is_exact(size, kernel):
    layers = [BilinearUpsampling2D(size), Conv2D(2, kernel)]
    assert counted(layers) == widest(layers)


@pytest.mark.parametrize("seed", range(60))
def test_no_output_sees_more(seed):
    """Where a network shrinks before it enlarges; then its true view may be less than one stride narrower."""
    rng = random.Random(seed)
    layers = [shrinking(rng) for _ in range(2)] + [enlarging(rng) for _ in range(2)]
    table = count([Input((400, 400, 2)), *layers])
    coarsest = max(row.stride[0] for row in table)
    assert widest(layers) <= counted(layers) < widest(layers) + 2 * coarsest


def test_the_widest_of_several_inputs():
    layers = [
        Input((20, 20, 2), name="image"),
        Conv2D(2, 3, pad=1, name="small"),
        Conv2D(2, 7, pad=3, name="large", inputs="image"),
        Add(name="sum", inputs=("small", "large")),
        Concatenate(name="both", inputs=("small", "sum")),
    ]
    assert [row.receptive_field[0] for row in count(layers)] == [1, 3, 7, 7, 7]


def test_height_and_width_apart():
    row = count([Input((20, 20, 2)), Conv2D(2, (3, 5), stride=(2, 1)), Pooling2D((2, 3))])[-1]
    assert (row.receptive_field, row.stride) == ((5, 7), (4, 3))


def test_global_pooling_sees_all():
    assert count([Input((20, 30, 2)), Conv2D(2, 3, pad=1), GlobalPooling2D()])[-1].receptive_field == (22, 32)
