import keras
import numpy as np
import pytest

from cnnkit.models import unet, unet_output_size
from cnnkit.models.testing import images_for, parameters, randomize, run, shape, without_weights


def test_parameters_and_every_size_of_the_paper():
    """Ronneberger et al., figure 1. L0 and L4 show the same figure."""
    with without_weights():
        model = unet()
    assert parameters(model) == (31_030_658, 0)
    for level, (first, second) in enumerate([(570, 568), (282, 280), (138, 136), (66, 64)], 1):
        maps = 64 * 2 ** (level - 1)
        assert shape(model, f"down{level}_first") == (first, first, maps)
        assert shape(model, f"down{level}_second") == (second, second, maps)
        assert shape(model, f"down{level}_pool") == (second // 2, second // 2, maps)
    assert shape(model, "bottom_first") == (30, 30, 1024) and shape(model, "bottom_second") == (28, 28, 1024)
    for level, (wide, first, second) in {
        4: (56, 54, 52),
        3: (104, 102, 100),
        2: (200, 198, 196),
        1: (392, 390, 388),
    }.items():
        maps = 64 * 2 ** (level - 1)
        assert shape(model, f"up{level}_crop") == (wide, wide, maps)
        assert shape(model, f"up{level}_concatenate") == (wide, wide, 2 * maps)
        assert shape(model, f"up{level}_first") == (first, first, maps)
        assert shape(model, f"up{level}_second") == (second, second, maps)
    assert model.output_shape == (None, 388, 388, 2)


def walk(size, depth):
    """Level by level, the size of the output, or None."""
    for _ in range(depth):
        size -= 4
        if size <= 0 or size % 2:
            return None
        size //= 2
    size -= 4
    for _ in range(depth):
        size = 2 * size - 4
    return size if size > 0 else None


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_output_size_is_what_the_levels_make(depth):
    for size in range(1, 400):
        expected = walk(size, depth)
        if expected is None:
            with pytest.raises(ValueError, match=f"received {size}; nearest") as error:
                unet_output_size(size, depth)
            nearest = [int(number) for number in str(error.value).split("nearest: ")[1].split(" and ")]
            fits = [n for n in range(1, 600) if walk(n, depth)]
            assert min(abs(n - size) for n in fits) == min(abs(n - size) for n in nearest)
            assert all(n in fits for n in nearest)
        else:
            assert unet_output_size(size, depth) == expected


@pytest.mark.parametrize(("padding", "size"), [("same", (32, 48, 1)), ("valid", (188, 204, 1))])
def test_every_skip_is_used(padding, size):
    """Without the features of one level the output is another."""
    model = unet(2, size, width=1 / 32, padding=padding, dropout=0)
    randomize(model, 0.3)
    images = images_for(model, 1)
    base = run(model, images)
    for level in range(1, 5):
        layer = model.get_layer(f"up{level}_first")
        kernel, bias = layer.get_weights()
        cut = kernel.copy()
        cut[:, :, : kernel.shape[2] // 2] = 0  # the features come first in the concatenation
        layer.set_weights([cut, bias])
        assert np.abs(run(model, images) - base).max() > 1e-3 * np.abs(base).max()
        layer.set_weights([kernel, bias])


def test_valid_tiles_agree_with_the_whole():
    """The overlap-tile strategy: without padding an output pixel depends on its tile alone."""
    depth, rng = 2, np.random.default_rng(0)
    whole, tile = (unet(2, (edge, edge, 1), 1 / 32, depth, dropout=0) for edge in (68, 60))
    tile.set_weights(whole.get_weights())
    image = rng.random((1, 68, 68, 1), dtype="float32")
    np.testing.assert_allclose(run(tile, image[:, 4:64, 8:68]), run(whole, image)[:, 4:24, 8:28], rtol=1e-4, atol=1e-5)


def test_sizes_that_fit_are_named():
    with pytest.raises(ValueError, match=r"multiples of 16 .* received \(100, 96, 1\); nearest to 100: 96 and 112"):
        unet(input_shape=(100, 96, 1), padding="same")
    with pytest.raises(ValueError, match="received 570; nearest: 556 and 572"):
        unet(input_shape=(570, 572, 1))
    with pytest.raises(ValueError, match="padding is 'valid' or 'same', and received 'full'"):
        unet(padding="full")
    with pytest.raises(ValueError, match="depth is a whole number"):
        unet(depth=0)


def test_depth():
    model = unet(2, (8, 12, 1), width=1 / 32, depth=1, padding="same")
    assert sum(isinstance(layer, keras.layers.MaxPooling2D) for layer in model.layers) == 1
