from itertools import pairwise

import numpy as np
import pytest
from keras import ops

from cnnkit.pictures import captioned
from cnnkit.visualize import (
    activation_maps,
    draw_images,
    draw_maps,
    draw_points,
    draw_saliency,
    features,
    first_layer_weights,
    pca,
    tsne,
)
from cnnkit.visualize.testing import convolutional, random_images

X = random_images(3)
FIGURES = {
    "images": lambda text: draw_images(X, text, titles="abc", columns=2),
    "maps": lambda text: draw_maps(X[..., 0], text),
    "signed maps": lambda text: draw_maps(X[..., 0] - 0.5, text),
    "saliency": lambda text: draw_saliency(X, X - 0.5, text, titles=[1, 2, 3]),
    "gray saliency": lambda text: draw_saliency(X[..., :1], X[..., 0], text),
    "points": lambda text: draw_points(X[0, :, :2, 0], np.arange(10) % 3, text, names=["a", "b", "c"]),
    "planes": lambda text: draw_points(X[:, :, :2, 0], np.arange(10) % 3, text, titles="abc"),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_carries_its_text_to_the_notebook(name):
    figure = FIGURES[name]("What <is> in it.")
    assert figure.get_label() == "What <is> in it."
    assert 'alt="What &lt;is&gt; in it."' in captioned(figure, figure.get_label()).data


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_without_a_text_is_refused(name):
    with pytest.raises(ValueError, match="takes a text that says what is in it"):
        FIGURES[name](" ")


def test_no_figure_stays_open():
    import matplotlib.pyplot as plt

    FIGURES["images"]("text")
    assert not plt.get_fignums()


def test_images_within_the_range_are_shown_as_they_are_and_others_are_brought_into_it():
    for images, expected in ((X, X), (2 * X - 1, None)):
        shown = [axis.images[0].get_array() for axis in draw_images(images, "text").axes]
        for image, drawn, wanted in zip(images, shown, expected if expected is not None else [None] * 3, strict=True):
            if wanted is not None:
                np.testing.assert_allclose(drawn, wanted, atol=1e-6)
            else:
                assert drawn.min() == pytest.approx(0) and drawn.max() == pytest.approx(1)
                assert np.corrcoef(np.ravel(drawn), np.ravel(image))[0, 1] == pytest.approx(1)


def test_0_is_white_in_a_signed_map_and_the_limits_are_alike():
    image = draw_maps(np.array([[[-1.0, 0.0, 0.5]]]), "text").axes[0].images[0]
    assert image.get_clim() == (-1, 1)
    np.testing.assert_allclose(image.cmap(image.norm(0.0)), (1, 1, 1, 1), atol=0.01)


def test_the_strongest_channel_of_saliency_is_shown():
    saliency = np.array([[[[0.1, -0.9, 0.3]]]])
    figure = draw_saliency(np.zeros((1, 1, 1, 3)), saliency, "text")
    assert figure.axes[1].images[0].get_array().item() == pytest.approx(-0.9)


def test_each_label_has_a_colour_and_a_shape_that_no_other_has():
    labels = np.arange(10)
    figure = draw_points(np.random.default_rng(0).normal(size=(2, 10, 2)), labels, "text")
    legend = figure.axes[-1].get_legend()
    assert [entry.get_text() for entry in legend.get_texts()] == [str(label) for label in labels]
    for axis in figure.axes:
        drawn = axis.collections
        shapes = {(kind.get_paths()[0].vertices.tobytes(), kind.get_sizes().tobytes()) for kind in drawn}
        assert len(shapes) == len(drawn) == 10  # so nobody needs the colours
        for one, other in pairwise(drawn):
            assert not np.allclose(one.get_facecolor(), other.get_facecolor())


def test_what_cannot_be_drawn():
    for call in (
        lambda: draw_images(X[0], "text"),
        lambda: draw_images(random_images(2, (4, 4, 2)), "text"),
        lambda: draw_maps(X, "text"),
        lambda: draw_saliency(X, X[:2], "text"),
        lambda: draw_saliency(X[:0], X[:0], "text"),
        lambda: draw_points(X[0, :, :2, 0], np.arange(3), "text"),
        lambda: draw_points(X[:0, :, :2, 0], np.arange(10), "text"),
        lambda: draw_points(X[0, :0, :2, 0], np.arange(0), "text"),
        lambda: draw_points(X[0, :, :2, 0], np.arange(10), "text", names=["a", "b"]),
    ):
        with pytest.raises(ValueError, match="and received"):
            call()


# ---- arrays that figures are made from


def test_the_first_layers_weights_are_filter_by_filter():
    model = convolutional()
    kernels = first_layer_weights(model)
    np.testing.assert_array_equal(kernels[4], model.get_weights()[0][..., 4])
    assert first_layer_weights(model, "second").shape == (8, 3, 3, 6)
    with pytest.raises(ValueError, match="expected a Conv2D 'pool' in the model, and found first, second"):
        first_layer_weights(model, "pool")


def test_activations_are_the_layers_own():
    model = convolutional()
    maps = activation_maps(model, X, "pool")
    pooled = ops.convert_to_numpy(model.layers[1](model.layers[0](X)))
    np.testing.assert_allclose(maps, pooled, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(activation_maps(model, X), activation_maps(model, X, "second"))
    np.testing.assert_allclose(features(model, X, "pool"), maps.mean(axis=(1, 2)), rtol=1e-4, atol=1e-6)


def test_pca_keeps_the_distances_that_a_plane_can_keep():
    rng = np.random.default_rng(0)
    plane = rng.normal(size=(30, 2)) @ rng.normal(size=(2, 9)) + 5
    found = pca(plane)
    between = lambda points: np.linalg.norm(points[:, None] - points[None], axis=2)  # noqa: E731
    np.testing.assert_allclose(between(found), between(plane), atol=1e-4)
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-5)
    assert found[:, 0].var() > found[:, 1].var()


def test_tsne_keeps_groups_together_and_is_fixed_by_its_seed():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 15)
    points = 30 * np.eye(3)[labels] + rng.normal(size=(45, 3))
    found = tsne(points, perplexity=8, seed=1)
    np.testing.assert_array_equal(found, tsne(points, perplexity=8, seed=1))
    distances = np.linalg.norm(found[:, None] - found[None], axis=2) + 1e9 * np.eye(45)
    assert (labels[distances.argmin(axis=1)] == labels).all()


def test_vectors_that_do_not_do():
    with pytest.raises(ValueError, match="perplexity is more than 0 and below the 8"):
        tsne(np.eye(8), perplexity=8)
    with pytest.raises(ValueError, match="dimensions are 1 to 3"):
        pca(np.eye(3), 4)
    with pytest.raises(ValueError, match="vectors are finite numbers"):
        pca(np.zeros((3, 4, 5)))
    for method in (pca, lambda vectors: tsne(vectors, perplexity=2)):
        with pytest.raises(ValueError, match="vectors differ from one another, and the 6 received are all the same"):
            method(np.ones((6, 3)))
