"""A view computes what the model computes: its end applied to its logits is what the model predicts."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from cnnkit.attack import fgsm, fooled
from cnnkit.model_view import logits, view_of
from cnnkit.model_view.ends import with_end
from cnnkit.visualize import activation_maps, grad_cam, gradient
from cnnkit.visualize.testing import convolutional, random_images, unchanged


def assert_is_computed(model, images):
    """The logits are those of what the model predicts, by the model's own end."""
    with unchanged(model, images):
        outputs = logits(model, images)
    if model.output_shape[-1] == 1:
        outputs = outputs[:, 1:]
    ended = ops.convert_to_numpy(with_end(view_of(model).end, ops.convert_to_tensor(outputs)))
    np.testing.assert_allclose(ended, ops.convert_to_numpy(model(images, training=False)), rtol=1e-4, atol=1e-5)


def test_an_adapted_normalization():
    images = random_images(20, (5,)) * 100
    normalization = layers.Normalization()
    normalization.adapt(images)
    model = keras.Sequential([keras.Input((5,)), normalization, layers.Dense(3, "softmax")])
    assert_is_computed(model, images)
    before = logits(model, images)
    normalization.adapt(images * 2 + 7)
    assert_is_computed(model, images)
    assert np.abs(logits(model, images) - before).max() > 0.1


class Counting(layers.Layer):
    """Of a state that its configuration does not tell."""

    factor = 1.0

    def call(self, x):
        return x * self.factor


def test_state_outside_of_the_configuration():
    layer, images = Counting(), random_images(4, (5,))
    model = keras.Sequential([keras.Input((5,)), layer, layers.Dense(3)])
    layer.factor = 5.0
    assert_is_computed(model, images)
    layer.factor = -2.0
    assert_is_computed(model, images)


def test_lora():
    model, images = keras.Sequential([keras.Input((5,)), layers.Dense(4), layers.Dense(3)]), random_images(4, (5,))
    model.layers[0].enable_lora(2)
    model.layers[0].lora_kernel_b.assign(np.ones((2, 4)))
    assert_is_computed(model, images)


def test_a_softmax_in_the_middle_stays_where_the_same_one_is_at_the_end():
    x = keras.Input((4,))
    softmax, dense = layers.Softmax(), layers.Dense(4, "softmax")
    gated = layers.Dense(3)(layers.multiply([x, softmax(layers.Dense(4)(x))]))
    assert_is_computed(keras.Model(x, softmax(gated)), random_images(6, (4,)))
    assert_is_computed(keras.Model(x, dense(dense(x))), random_images(6, (4,)))


@pytest.mark.parametrize("number", [0, 1])
def test_the_output_of_a_nested_model_that_is_in_use(number):
    x = keras.Input((4,))
    hidden = layers.Dense(3)(x)
    inner = keras.Model(x, [layers.Softmax()(hidden), hidden])
    y = keras.Input((4,))
    assert_is_computed(keras.Model(y, inner(y)[number]), random_images(6, (4,)))


def test_a_model_that_takes_whole_numbers_has_a_gradient():
    model = keras.Sequential(
        [keras.Input((4, 4, 1), dtype="uint8"), layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(2)]
    )
    images = np.full((1, 4, 4, 1), 128, "uint8")
    assert_is_computed(model, images)
    np.testing.assert_allclose(
        gradient(model, images, 1).ravel(), model.get_weights()[0][:, 1] / 255, rtol=1e-4, atol=1e-7
    )
    assert np.abs(fgsm(model, images, 0, 10, value_range=(0, 255)) - 128.0).max() == 10


class Sigmoid(layers.Layer):
    def call(self, x):
        return ops.sigmoid(x)


class Probable(keras.Model):
    def __init__(self):
        super().__init__(name="probable")
        self.dense = layers.Dense(3)

    def call(self, x):
        return ops.sigmoid(self.dense(x))


def _ended(*ends):
    return keras.Sequential([keras.Input((4,)), layers.Dense(3), *ends])


def _mean_of_two():
    x = keras.Input((4,))
    return keras.Model(x, layers.average([layers.Dense(2, "sigmoid")(x), layers.Dense(2, "sigmoid")(x)]))


def _half_precision():
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(1000, dtype="mixed_float16"), layers.Lambda(ops.softmax, dtype="float16")]
    )


UNKNOWN_ENDS = {
    "a subclass": lambda: _ended(Sigmoid()),
    "a Lambda": lambda: _ended(layers.Lambda(ops.sigmoid)),
    "behind it a Flatten": lambda: _ended(layers.Activation("sigmoid"), layers.Flatten()),
    "the mean of two": _mean_of_two,
    "hard": lambda: _ended(layers.Activation("hard_sigmoid")),
    "half precision": _half_precision,
    "one output": lambda: keras.Sequential([keras.Input((4,)), layers.Dense(1), Sigmoid()]),
    "without a graph": Probable,
}


@pytest.mark.parametrize("end", UNKNOWN_ENDS)
def test_probabilities_that_come_in_an_unknown_way_are_refused(end):
    model, images = UNKNOWN_ENDS[end](), random_images(3, (4,))
    model(images)
    with pytest.raises(ValueError, match="gives probabilities, and no softmax or sigmoid"):
        logits(model, images)


@pytest.mark.parametrize("end", [layers.BatchNormalization, layers.Flatten, lambda: layers.ReLU()])
def test_logits_that_end_in_some_way_are_none(end):
    assert_is_computed(_ended(end()), random_images(3, (4,)))


def test_nan_in_the_weights_is_told():
    model, images = convolutional(), random_images()
    logits(model, images)
    model.set_weights([weight * np.nan for weight in model.get_weights()])
    for ask in (logits, gradient, lambda model, images: fooled(model, images, 0)):
        with pytest.raises(ValueError, match="gives NaN or infinity: look at its weights"):
            ask(model, images)


def test_half_precision_comes_as_float32():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = convolutional()
    finally:
        keras.config.set_dtype_policy("float32")
    images = random_images()
    for made in (
        activation_maps(model, images),
        grad_cam(model, images),
        gradient(model, images),
        logits(model, images),
    ):
        assert made.dtype == "float32"


def test_the_layer_looked_at_gives_more_than_a_pixel():
    model = keras.Sequential(
        [
            keras.Input((10, 14, 3)),
            layers.Conv2D(4, 3, name="maps"),
            layers.GlobalAveragePooling2D(keepdims=True),
            layers.Conv2D(2, 1),
            layers.Flatten(),
        ]
    )
    assert grad_cam(model, random_images(), 0, upsample=False).shape == (3, 8, 12)


def test_a_layer_of_two_branches_has_no_grad_cam_of_its_own():
    x = keras.Input((10, 14, 3))
    shared = layers.Conv2D(3, 3, padding="same", name="shared")
    y = layers.GlobalAveragePooling2D()(layers.add([shared(x), shared(shared(x))]))
    model = keras.Model(x, layers.Dense(2)(y), name="branches")
    with pytest.raises(ValueError, match="layer shared is used 3 times in branches"):
        grad_cam(model, random_images(), layer="shared")


def random_graph(seed):
    """Of dense layers, some used several times, of nested models and of sums, ended in one of the known ways."""
    rng = np.random.default_rng(seed)
    x = keras.Input((4,))
    shared = [layers.Dense(4, rng.choice(["softmax", "tanh", "linear"])) for _ in range(2)]
    inner_input = keras.Input((4,))
    inner = keras.Model(inner_input, shared[1](layers.Dense(4, "relu")(inner_input)))
    shared += [layers.Softmax(), layers.Activation("sigmoid"), inner, layers.BatchNormalization()]
    made = [x]
    for _ in range(6):
        taken = made[rng.integers(len(made))]
        if rng.random() < 0.3:
            made.append(layers.add([taken, made[-1]]))
        else:
            made.append(shared[rng.integers(len(shared))](taken))
    ends = [layers.Softmax(), layers.Activation("sigmoid"), layers.Dense(3, "softmax"), layers.Dense(1, "sigmoid")]
    ends += [shared[2], shared[3], layers.Dense(3), lambda x: ops.softmax(x)]
    return keras.Model(x, ends[rng.integers(len(ends))](made[-1] if rng.random() < 0.5 else made[rng.integers(6)]))


@pytest.mark.parametrize("seed", range(12))
def test_random_graphs_with_shared_layers(seed):
    assert_is_computed(random_graph(seed), np.random.default_rng(seed).normal(size=(5, 4)).astype("float32"))
