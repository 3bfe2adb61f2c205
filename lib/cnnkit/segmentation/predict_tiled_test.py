import keras
import numpy as np
import pytest

from cnnkit.models import unet
from cnnkit.models.testing import randomize, run
from cnnkit.segmentation import predict_tiled

RNG = np.random.default_rng(0)
WIDTH = 1 / 32


def network(shape, padding, depth=2):
    model = unet(2, shape, WIDTH, depth, padding, dropout=0)
    randomize(model, 0.3)
    return model


def mirrored(image, *margins):
    return np.pad(image, (*margins, (0, 0)), mode="reflect")[None]


@pytest.fixture(scope="module")
def same():
    return network((None, None, 1), "same")


@pytest.fixture(scope="module")
def valid():
    return network((60, 76, 1), "valid")  # to 20 x 36


@pytest.mark.parametrize("shape", [(100, 60), (64, 64), (37, 90), (9, 13), (1, 5)])
def test_valid_tiles_are_the_whole_image(valid, shape):
    """The whole: mirrored by the 20 pixels that the network takes from each side, and up to a size that fits it."""
    image = RNG.random((*shape, 1), dtype="float32")
    fill = [-size % 4 for size in shape]
    size = [edge + 40 + more for edge, more in zip(shape, fill, strict=True)]
    whole = unet(2, (*size, 1), WIDTH, 2, dropout=0)
    whole.set_weights(valid.get_weights())
    expected = run(whole, mirrored(image, (20, 20 + fill[0]), (20, 20 + fill[1])))[0, : shape[0], : shape[1]]
    found = predict_tiled(valid, image, stride=4)
    assert found.dtype == np.float32 and np.ptp(expected) > 0.1
    np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize(("shape", "tile"), [((100, 60), 64), ((37, 90), (72, 68))])
def test_padded_tiles_are_the_whole_image_where_the_margin_is_as_far_as_the_network_sees(same, shape, tile):
    image = RNG.random((*shape, 1), dtype="float32")
    fill = [-size % 4 for size in shape]
    expected = run(same, mirrored(image, (24, 24 + fill[0]), (24, 24 + fill[1])))[0]
    found = predict_tiled(same, image, tile, margin=24, stride=4, batch_size=3)
    np.testing.assert_allclose(found, expected[24 : 24 + shape[0], 24 : 24 + shape[1]], atol=1e-4)
    if shape[0] > 60:  # the image as it is, where its border is out of sight
        np.testing.assert_allclose(found[24:-24, 24:-24], run(same, image[None])[0, 24:-24, 24:-24], atol=1e-4)


def test_a_margin_too_small_and_a_stride_too_small_are_seen(same):
    image = RNG.random((100, 60, 1), dtype="float32")
    exact = predict_tiled(same, image, 64, 24, stride=4)
    for arguments in ({"margin": 0, "stride": 4}, {"margin": 23, "stride": 1}):
        assert np.abs(predict_tiled(same, image, 64, **arguments) - exact).max() > 1e-3


def test_the_size_of_batches_does_not_matter(valid):
    image = RNG.random((90, 50, 1), dtype="float32")
    one, many = (predict_tiled(valid, image, stride=4, batch_size=size) for size in (1, 100))
    np.testing.assert_allclose(one, many, atol=1e-5)


def test_the_image_is_mirrored_at_its_border():
    """A network that moves the image by a pixel shows what lies beyond."""
    kernel = np.zeros((3, 3, 1, 1))
    kernel[1, 2] = 1
    model = keras.Sequential([keras.Input((6, 6, 1)), keras.layers.Conv2D(1, 3, use_bias=False)])
    model.set_weights([kernel])
    image = np.arange(15.0).reshape(3, 5, 1)
    np.testing.assert_array_equal(predict_tiled(model, image, stride=1)[..., 0], image[:, [1, 2, 3, 4, 3], 0])


class Watched:
    """An image that remembers the largest part that was read of it."""

    def __init__(self, array):
        self.array, self.shape, self.largest = array, array.shape, 0

    def __getitem__(self, place):
        part = self.array[place]
        self.largest = max(self.largest, part.size)
        return part


def test_the_image_is_read_tile_by_tile(valid):
    image = Watched(RNG.random((200, 300, 1), dtype="float32"))
    found = predict_tiled(valid, image, stride=4)
    assert image.largest == 60 * 76
    np.testing.assert_array_equal(found, predict_tiled(valid, image.array, stride=4))


def test_integers_are_taken_as_they_are(valid):
    image = RNG.integers(0, 255, (40, 50, 1), dtype="uint8")
    np.testing.assert_array_equal(
        predict_tiled(valid, image, stride=4), predict_tiled(valid, image.astype("float32"), stride=4)
    )


@pytest.mark.parametrize(
    ("which", "shape", "arguments", "message"),
    [
        ("valid", (30, 30), {}, r"\(height, width, channels\), and received \(30, 30\)"),
        ("valid", (30, 0, 1), {}, r"received \(30, 0, 1\)"),
        ("valid", (30, 30, 3), {}, r"takes .* \(60, 76, 1\), and received tiles \(60, 76, 3\)"),
        ("valid", (30, 30, 1), {"tile": 60}, r"received tiles \(60, 60, 1\)"),
        ("valid", (30, 30, 1), {"stride": 32}, r"outputs \(20, 36\), .* margin of 0 .* smaller than stride=32"),
        ("valid", (30, 30, 1), {"margin": 8, "stride": 8}, "smaller than stride=8: give larger tiles"),
        ("valid", (30, 30, 1), {"margin": -4, "stride": 4}, "multiple of stride=4, and received -4"),
        ("same", (30, 30, 1), {"margin": 16}, "any size: give the tile's"),
        ("same", (30, 30, 1), {"tile": 64}, "model pads: .* such as margin=32"),
        (
            "same",
            (30, 30, 1),
            {"tile": (64, 50), "margin": 8, "stride": 4},
            r"multiples of stride=4; received \(64, 50\)",
        ),
        ("same", (30, 30, 1), {"tile": 64, "margin": 10}, "multiple of stride=16, and received 10"),
    ],
)
def test_sizes_that_do_not_fit_are_named(which, shape, arguments, message, request):
    with pytest.raises(ValueError, match=message):
        predict_tiled(request.getfixturevalue(which), np.zeros(shape, "float32"), **arguments)


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (keras.layers.Conv2D(1, 2), r"the same number less, and from \(8, 8, 1\) it makes \(7, 7, 1\)"),
        (keras.layers.UpSampling2D(), "as many pixels as it takes"),
        (keras.layers.Flatten(), r"gives \(height, width, classes\), and from \(8, 8, 1\) it makes \(1, 64\)"),
    ],
)
def test_networks_that_do_not_fit_are_named(layer, message):
    with pytest.raises(ValueError, match=message):
        predict_tiled(keras.Sequential([keras.Input((8, 8, 1)), layer]), np.zeros((8, 8, 1)))


def test_a_network_that_takes_no_images_is_named():
    for model, taken in (
        (keras.Sequential([keras.Input((5,)), keras.layers.Dense(1)]), r"\(None, 5\)"),
        (keras.Sequential([keras.layers.Dense(1)]), "None"),
    ):
        with pytest.raises(ValueError, match=f"and received one that takes {taken}"):
            predict_tiled(model, np.zeros((8, 8, 1)))
