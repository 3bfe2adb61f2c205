import numpy as np
import pytest

from cnnkit.visualize import logits, occlusion, occlusion_map
from cnnkit.visualize.testing import linear_network, network, random_images


@pytest.mark.parametrize(("window", "stride"), [(3, None), ((2, 4), (3, 2)), (1, 1), ((6, 9), 4), (20, 5)])
@pytest.mark.parametrize("scale", [1.0, 255.0])
def test_of_a_linear_model_each_window_counts_what_it_held(window, stride, scale):
    """Against a loop, on images that are not square, in two ranges of values."""
    model, weights, _ = linear_network()
    images = scale * random_images(2, (6, 9, 2))
    found = occlusion(model, images, [1, 2], window=window, stride=stride, fill=0.25 * scale, of="logit")
    height, width = window if isinstance(window, tuple) else (window, window)
    down, right = (height, width) if stride is None else stride if isinstance(stride, tuple) else (stride, stride)
    gains = (images - 0.25 * scale) * weights[[1, 2]]
    tops, lefts = range(0, max(6 - height, 0) + down, down), range(0, max(9 - width, 0) + right, right)
    expected = [[[gain[y : y + height, x : x + width].sum() for x in lefts] for y in tops] for gain in gains]
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=2e-4 * scale)


@pytest.mark.parametrize("window", [2, 3, 4, 5, (4, 7)])
@pytest.mark.parametrize("stride", [1, 2, 3, 4])
def test_windows_reach_every_pixel_where_they_leave_no_gap(window, stride):
    model, _, _ = linear_network()
    falls = occlusion(model, random_images(1, (6, 9, 2)), 0, window=window, stride=stride)
    ones = occlusion_map(np.ones_like(falls), (6, 9), window=window, stride=stride)
    gap = stride > np.min(window)
    assert gap or (ones == 1).all()


@pytest.mark.parametrize("fill", [0.5, [0.1, 0.2, 0.3], None, "image", "images"])
def test_every_fill_is_what_a_loop_fills(fill):
    model, images = network(), random_images(2)
    fill = {"image": images[1], "images": images[::-1].copy()}.get(fill) if isinstance(fill, str) else fill
    filling = images.mean(axis=(1, 2), keepdims=True) if fill is None else np.asarray(fill, "float32")
    filling = np.broadcast_to(filling, images.shape)
    covered = images.copy()
    covered[:, 4:8, 8:12] = filling[:, 4:8, 8:12]
    fall = model.predict(images, verbose=0)[:, 1] - model.predict(covered, verbose=0)[:, 1]
    found = occlusion(model, images, 1, window=4, fill=fill)[:, 1, 2]
    np.testing.assert_allclose(found, fall, rtol=1e-4, atol=1e-6)


def test_sizes_of_batches_do_not_matter():
    model, images = network(), random_images(2)
    whole = occlusion(model, images, 0, window=3, stride=1)
    for size in (1, 7, 13, 1000):
        np.testing.assert_allclose(occlusion(model, images, 0, window=3, stride=1, batch_size=size), whole, atol=1e-6)


def test_of_a_model_with_one_output_the_probability_is_its_sigmoid():
    model, _, _ = linear_network(classes=1, end="sigmoid")
    images = random_images(1, (6, 9, 2))
    found = occlusion(model, images, 1, window=(6, 9), fill=0)
    fall = model.predict(images, verbose=0) - model.predict(0 * images, verbose=0)
    np.testing.assert_allclose(found.item(), fall.item(), rtol=1e-4)
    assert logits(model, images).shape == (1, 2)


def test_the_map_of_windows_that_overlap_is_their_mean():
    falls = np.array([[[1.0, 2.0, 4.0]]])
    assert occlusion_map(falls, (2, 4), window=2, stride=(2, 1))[0, 0].tolist() == [1, 1.5, 3, 4]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"window": 0}, "window is a whole number"),
        ({"stride": (1, 2, 3)}, "stride is a whole number"),
        ({"of": "loss"}, 'of is "probability" or "logit"'),
        ({"fill": np.zeros(4)}, "fill is a number or broadcasts"),
    ],
)
def test_impossible_arguments(wrong, message):
    with pytest.raises(ValueError, match=message):
        occlusion(network(), random_images(), **wrong)


def test_a_map_of_other_windows_is_refused():
    with pytest.raises(ValueError, match=r"have \(n, 3, 4\) windows"):
        occlusion_map(np.zeros((1, 3, 3)), (10, 14), window=4)
