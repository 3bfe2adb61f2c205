import keras
import numpy as np
import pytest
import tensorflow as tf

from cnnkit.augment import RandomColorCast, RandomElasticDistortion, RandomTranspose, augmented
from cnnkit.augment.testing import addressed, misfit
from cnnkit.losses import PixelwiseCrossEntropy

SIZE = 48


def layers():
    return [
        keras.layers.RandomFlip("horizontal"),
        keras.layers.RandomFlip("vertical"),
        RandomTranspose(),
        RandomElasticDistortion(3.0, rotation=0.25, scale=0.2),
        RandomColorCast(value_range=(0, 1)),
    ]


def pairs(count=10, batch=4, dtype="uint8"):
    rng = np.random.default_rng(0)
    images, masks = rng.random((count, SIZE, SIZE, 1)), rng.integers(0, 4, (count, SIZE, SIZE))
    return tf.data.Dataset.from_tensor_slices((images, masks.astype(dtype))).batch(batch)


def one_pass(dataset):
    """All images and all masks of one pass."""
    return [np.concatenate(arrays) for arrays in zip(*dataset.as_numpy_iterator(), strict=True)]


def same(ours, theirs):
    return all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_images_and_masks_stay_together_through_all_geometry():
    source = tf.data.Dataset.from_tensor_slices(addressed(20, SIZE, SIZE)).batch(6)
    geometry = [*layers()[:-1], keras.layers.RandomCrop(40, 32)]
    images, masks = one_pass(augmented(source, geometry, seed=3))
    assert images.shape == (20, 40, 32, 2) and masks.shape == (20, 40, 32) and masks.dtype == "int32"
    assert misfit(images, masks, SIZE) <= 0.501
    assert misfit(images[:, 1:], masks[:, :-1], SIZE) > 0.9
    assert len(np.unique(images[:, 20, 16], axis=0)) == 20, "each image has a transformation of its own"


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64"])
def test_masks_keep_their_type_and_their_labels(dtype):
    images, masks = one_pass(augmented(pairs(dtype=dtype), layers()))
    assert images.dtype == "float32" and masks.dtype == dtype
    assert set(np.unique(masks)) == {0, 1, 2, 3}


def test_masks_with_a_channel_keep_it():
    source = pairs().map(lambda image, mask: (image, mask[..., None]))
    with_channel, without = augmented(source, layers()), augmented(pairs(), layers())
    assert with_channel.element_spec[1].shape.as_list() == [None, SIZE, SIZE, 1]
    assert np.array_equal(one_pass(with_channel)[1][..., 0], one_pass(without)[1])


def test_weights_go_with_the_masks():
    source = pairs().map(lambda image, mask: (image, mask, tf.cast(mask, "float32") / 8))
    _, masks, weights = one_pass(augmented(source, layers()))
    assert weights.dtype == "float32" and np.array_equal(weights, masks / 8)


def test_a_seed_fixes_each_pass_and_no_two_passes_are_the_same():
    one, two = (augmented(pairs(), layers(), seed=5) for _ in range(2))
    passes = [one_pass(one) for _ in range(3)]
    assert all(same(mine, one_pass(two)) for mine in passes)
    assert not same(passes[0], passes[1]) and not same(passes[1], passes[2])
    assert not same(passes[0], one_pass(augmented(pairs(), layers(), seed=6)))


def test_an_abandoned_pass_counts_as_one():
    one, two = (augmented(pairs(40, 2), layers(), seed=5) for _ in range(2))
    next(iter(one)), one_pass(two)
    assert same(one_pass(one), one_pass(two))


def test_layers_share_no_draws_and_keep_none():
    casts = [RandomColorCast(0.1, value_range=(0, 1)) for _ in range(2)]
    source = tf.data.Dataset.from_tensors((np.full((50, 4, 4, 1), 0.5), np.zeros((50, 4, 4), int)))
    first, both = (one_pass(augmented(source, chain))[0][:, 0, 0, 0] - 0.5 for chain in (casts[:1], casts))
    assert len(np.unique(first)) > 15 and abs(np.corrcoef(first, both - first)[0, 1]) < 0.4
    assert same(one_pass(augmented(source, casts)), one_pass(augmented(source, casts)))


def test_python_sees_the_graph_once_and_no_image(monkeypatch):
    calls = []
    draw = RandomElasticDistortion.draw
    monkeypatch.setattr(RandomElasticDistortion, "draw", lambda *args: calls.append(1) or draw(*args))
    dataset = augmented(pairs(40, 2), layers())
    before = len(calls)
    one_pass(dataset), one_pass(dataset)
    assert len(calls) == before <= 2


def test_a_network_learns_from_it():
    source = pairs().map(lambda image, mask: (tf.cast(mask[..., None], "float32"), mask, tf.ones_like(image[..., 0])))
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((None, None, 1)), keras.layers.Conv2D(16, 1, activation="relu")])
    model.add(keras.layers.Conv2D(4, 1))
    model.compile(keras.optimizers.Adam(0.03), PixelwiseCrossEntropy())
    nearest = [keras.layers.RandomFlip("horizontal"), RandomElasticDistortion(3.0, interpolation="nearest")]
    losses = model.fit(augmented(source, nearest), epochs=15, shuffle=False, verbose=0).history["loss"]
    assert losses[-1] < 0.5 * losses[0]


@pytest.mark.parametrize(
    "element",
    [
        (np.zeros((4, 8, 8, 1)), np.zeros((4, 8, 8))),
        (np.zeros((4, 8, 8, 1)), np.zeros((4, 8, 9), int)),
        (np.zeros((4, 8, 8, 1)), np.zeros((4, 8, 8, 2), int)),
        (np.zeros((4, 8, 8)), np.zeros((4, 8, 8), int)),
        (np.zeros((4, 8, 8, 1)),),
        np.zeros((4, 8, 8, 1)),
    ],
)
def test_what_is_no_batch_of_pairs_is_named(element):
    with pytest.raises(ValueError, match="takes batches of images .* and received .*TensorSpec"):
        augmented(tf.data.Dataset.from_tensors(element), layers())


def blocks():
    """Images whose colour is that of their label, in large blocks: a mask fits where a label has one colour."""
    masks = np.kron(np.random.default_rng(0).integers(0, 4, (4, 4, 4)), np.ones((1, 12, 12), int)).astype("uint8")
    return tf.data.Dataset.from_tensors(((masks[..., None] * [0.2, 0.25, 0.3]).astype("float32"), masks))


def share_of_other_colours(images, masks):
    colours = [
        np.abs(image[mask == label] - np.median(image[mask == label], axis=0)).max(axis=1)
        for image, mask in zip(images, masks, strict=True)
        for label in np.unique(mask)
    ]
    return (np.concatenate(colours) > 0.05).mean()


KERAS_LAYERS = [
    name
    for name in dir(keras.layers)
    if hasattr(getattr(keras.layers, name), "transform_segmentation_masks") and name != "BaseImageAugmentationLayer"
]
ARGUMENTS = {
    **{name: {"height": 20, "width": 20} for name in ("CenterCrop", "RandomCrop", "Resizing")},
    **{name: {"height_factor": 0.2, "width_factor": 0.2} for name in ("RandomTranslation", "RandomZoom")},
    **{name: {"factor": 0.2} for name in "RandomRotation RandomContrast RandomBrightness RandomSharpness".split()},
    **{
        name: {"factor": 0.2} for name in "RandomHue RandomSaturation RandomColorDegeneration RandomPerspective".split()
    },
    "RandomShear": {"x_factor": 0.2, "y_factor": 0.2},
    "RandomPosterization": {"factor": 4},
    "MaxNumBoundingBoxes": {"max_number": 3},
}


@pytest.mark.parametrize("name", KERAS_LAYERS)
def test_what_keras_has_fits_image_to_mask_or_is_refused(name):
    kind = getattr(keras.layers, name)
    arguments = dict(ARGUMENTS.get(name, {}))
    if "value_range" in kind.__init__.__code__.co_varnames:
        arguments["value_range"] = (0, 1)
    try:
        ours, again = (augmented(blocks(), [kind(**arguments)], seed=1) for _ in range(2))
    except ValueError as refusal:
        assert f"cannot apply {name} " in str(refusal) or f"{name} moves the image alone" in str(refusal)  # noqa: PT017
        return
    images, masks = one_pass(ours)
    assert same((images, masks), one_pass(again)), "the seed fixes it"
    assert share_of_other_colours(images, masks) < 0.3


def test_what_mixes_images_or_moves_them_alone_is_refused():
    for name in ("MixUp", "CutMix", "AugMix", "RandAugment", "RandomElasticTransform"):
        with pytest.raises(ValueError, match=f"{name} moves the image alone, or mixes images"):
            augmented(pairs(), [getattr(keras.layers, name)()])


@pytest.mark.parametrize("fill", [0, 255])
def test_a_mask_has_a_fill_of_its_own(fill):
    images, masks = np.full((4, 20, 20, 1), 0.5, "float32"), np.full((4, 20, 20), 3, "uint8")
    source = tf.data.Dataset.from_tensors((images, masks, np.ones(masks.shape, "float32")))
    shift = keras.layers.RandomTranslation(0.4, 0.4, fill_mode="constant", fill_value=0.9)
    images, masks, weights = one_pass(augmented(source, [shift], seed=2, mask_fill=fill))
    filled = np.abs(images[..., 0] - 0.9) < 1e-6
    assert filled.mean() > 0.1 and set(np.unique(masks)) == {3, fill}
    assert (masks[filled] == fill).all() and not weights[filled].any()
    assert ((masks == fill) == (weights == 0)).all()


def test_large_labels_stay_what_they_are():
    labels = np.array([0, 2**24 + 1, 2**31 - 1, -5, 2**40 - 1]).reshape(1, 1, 5).repeat(4, axis=1)
    source = tf.data.Dataset.from_tensors((np.zeros((1, 4, 5, 1)), labels))
    _, masks = one_pass(augmented(source, [keras.layers.RandomFlip("vertical")]))
    np.testing.assert_array_equal(masks, labels)


def test_images_of_unknown_size():
    free = (
        pairs()
        .map(
            lambda *arrays: [
                tf.ensure_shape(tf.py_function(lambda x: x, [a], a.dtype), [None] * a.shape.rank) for a in arrays
            ]
        )
        .map(lambda image, mask: (image[..., :1], mask))
    )
    assert one_pass(augmented(free, [keras.layers.RandomFlip("horizontal")]))[0].shape == (10, SIZE, SIZE, 1)
    with pytest.raises(
        ValueError, match="RandomElasticDistortion needs images of a known size, and received NonexNone"
    ):
        augmented(free, [RandomElasticDistortion()])


def test_layers_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match="image preprocessing layers, and received <Dense"):
        augmented(pairs(), [keras.layers.Dense(3)])
    with pytest.raises(ValueError, match='computes in float16, too coarse for labels: give it dtype="float32"'):
        augmented(pairs(), [keras.layers.RandomFlip(dtype="mixed_float16")])
