import gc
import weakref

import keras
import numpy as np
import pytest
from keras import layers, ops

from cnnkit.model_view import view_of
from cnnkit.visualize import activation_maps, grad_cam, gradient, guided_backpropagation, logits, occlusion
from cnnkit.visualize.testing import convolutional, linear, random_images, unchanged

HIDDEN = np.array([[1.0, -2.0, 0.5], [0.3, 1.0, -1.0]], "float32")
OUT = np.array([[1.0, -1.0], [2.0, 0.5], [-1.5, 1.0]], "float32")


def two_dense(end):
    """The same two linear maps, ended by each of the ways to make probabilities."""
    x = keras.Input((2,))
    y = layers.Dense(3, use_bias=False)(x)
    last = layers.Dense(2, use_bias=False, activation=end if isinstance(end, str) else None)
    y = last(y)
    if callable(end):
        y = end(y)
    model = keras.Model(x, y)
    model.set_weights([HIDDEN, OUT])
    return model


def nested(end):
    head = keras.Sequential([keras.Input((3,)), layers.Dense(2, use_bias=False, activation=end)])
    model = keras.Sequential([keras.Input((2,)), layers.Dense(3, use_bias=False), head])
    model.set_weights([HIDDEN, OUT])
    return model


ENDS = {
    "none": lambda: two_dense(None),
    "argument": lambda: two_dense("softmax"),
    "layer": lambda: two_dense(layers.Softmax()),
    "activation": lambda: two_dense(layers.Activation("softmax")),
    "operation": lambda: two_dense(ops.softmax),
    "sigmoid": lambda: two_dense("sigmoid"),
    "sigmoid operation": lambda: two_dense(ops.sigmoid),
    "sigmoid layer": lambda: two_dense(layers.Activation("sigmoid")),
    "nested": lambda: nested("softmax"),
}


@pytest.mark.parametrize("end", ENDS)
def test_probabilities_are_taken_off_in_every_form_and_stay_on_the_model(end):
    model, x = ENDS[end](), np.random.default_rng(0).normal(size=(4, 2)).astype("float32")
    with unchanged(model, x):
        np.testing.assert_allclose(logits(model, x), x @ HIDDEN @ OUT, rtol=1e-4, atol=1e-5)


def test_one_output_becomes_two_logits():
    model, weights, biases = linear((3,), 1, "sigmoid")
    x = random_images(2, (3,))
    z = x @ weights[0] + biases
    np.testing.assert_allclose(logits(model, x), np.stack([-z, z], axis=1), rtol=1e-5)


def test_probabilities_without_a_softmax_are_refused():
    x = keras.Input((2,))
    y = ops.exp(layers.Dense(3)(x))
    model = keras.Model(x, y / ops.sum(y, axis=1, keepdims=True), name="hidden")
    with pytest.raises(ValueError, match="hidden gives probabilities, and no softmax"):
        logits(model, np.ones((2, 2)))


def test_weights_that_change_are_used_at_once():
    model, images = convolutional(), random_images()
    before = logits(model, images)
    model.set_weights([2 * weight for weight in model.get_weights()])
    assert np.abs(logits(model, images) - before).max() > 0.1
    np.testing.assert_allclose(
        logits(model, images), np.log(ops.convert_to_numpy(model(images))) + _shift(model, images), rtol=1e-3, atol=1e-4
    )


def _shift(model, images):
    """Logits are the logarithms of probabilities, but for a number for each image."""
    return (logits(model, images) - np.log(ops.convert_to_numpy(model(images)))).mean(axis=1, keepdims=True)


def test_a_trained_step_is_seen():
    model, images = convolutional(), random_images(8)
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    before = logits(model, images)
    model.train_on_batch(images, np.zeros(8, "int32"))
    gain = logits(model, images) - before
    assert (gain[:, 0] > gain[:, 1:].max(axis=1)).all()


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__(name="subclassed")
        self.flat, self.dense = layers.Flatten(), layers.Dense(3)

    def call(self, x):
        return self.dense(self.flat(x))


def test_a_model_without_a_graph_can_be_asked_for_what_needs_none():
    model, images = Subclassed(), random_images(2, (4, 5, 1))
    model(images)
    kernel = model.get_weights()[0]
    np.testing.assert_allclose(gradient(model, images, 1)[0].ravel(), kernel[:, 1], rtol=1e-5)
    assert occlusion(model, images, 1, window=2).shape == (2, 2, 3)
    with pytest.raises(ValueError, match="guided backpropagation needs a functional or sequential model"):
        guided_backpropagation(model, images)
    with pytest.raises(ValueError, match="to look at a layer needs a functional or sequential model"):
        grad_cam(model, images)


def test_what_is_no_model_and_what_is_not_built():
    with pytest.raises(TypeError, match="received function"):
        gradient(linear, np.ones((1, 2)))
    with pytest.raises(ValueError, match=r"raw is not built: give it keras.Input"):
        gradient(keras.Sequential([layers.Dense(2)], name="raw"), np.ones((1, 2)))
    inputs = [keras.Input((2,)), keras.Input((2,))]
    with pytest.raises(ValueError, match="two has 2 inputs"):
        gradient(keras.Model(inputs, layers.add(inputs), name="two"), np.ones((1, 2)))


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((10, 14, 3)), r"received one of shape \(10, 14, 3\): give images\[None\]"),
        (np.zeros((2, 14, 10, 3)), r"takes a batch of shape \(None, 10, 14, 3\), and received \(2, 14, 10, 3\)"),
        (np.zeros((0, 10, 14, 3)), r"received \(0, 10, 14, 3\)"),
        (np.full((1, 10, 14, 3), np.nan), "hold NaN"),
        (np.array(["a"]), "received <U1"),
    ],
)
def test_images_that_do_not_fit(images, message):
    with pytest.raises(ValueError, match=message):
        gradient(convolutional(), images)


@pytest.mark.parametrize("classes", [4, -1, [0, 1], 1.0, [[0], [1], [2]]])
def test_classes_that_do_not_fit(classes):
    with pytest.raises(ValueError, match=r"classes"):
        gradient(convolutional(), random_images(3), classes)


def test_a_wrong_layer_is_told_the_nearest_names():
    with pytest.raises(ValueError, match=r"no layer 'secnd'; near it are second"):
        activation_maps(convolutional(), random_images(), "secnd")
    with pytest.raises(ValueError, match=r"layer features gives \(None, 8\)"):
        grad_cam(convolutional(), random_images(), layer="features")
    model, _, _ = linear((6,))
    with pytest.raises(ValueError, match="images .n, height, width, channels. are needed"):
        grad_cam(model, np.ones((1, 6)))
    model, _, _ = linear()
    with pytest.raises(ValueError, match="no layer that gives"):
        grad_cam(model, random_images(1, (6, 9, 2)))


def test_a_layer_of_a_nested_model_is_reached_by_its_name():
    inner = keras.Sequential([keras.Input((10, 14, 3)), layers.Conv2D(5, 3, name="deep"), layers.ReLU()], name="inner")
    model = keras.Sequential([keras.Input((10, 14, 3)), inner, layers.Flatten(), layers.Dense(2)])
    images = random_images()
    with unchanged(model, images):
        maps = activation_maps(model, images, "deep")
    np.testing.assert_allclose(maps, ops.convert_to_numpy(inner.layers[0](images)), rtol=1e-4, atol=1e-5)


def test_a_layer_that_is_a_function_is_copied():
    model = keras.Sequential([keras.Input((2,)), layers.Lambda(lambda x: 3 * x), layers.Dense(2, "softmax")])
    assert gradient(model, np.ones((1, 2)), 0).ravel() == pytest.approx(3 * model.get_weights()[0][:, 0])


def test_the_same_copy_is_used_again_and_nothing_is_compiled_anew():
    model, images = convolutional(), random_images(5)
    gradient(model, images, 1)
    view = view_of(model)
    compiled = dict(view._compiled)
    gradient(model, images[::-1], [0, 1, 2, 3, 0])
    assert view_of(model) is view and view._compiled == compiled


def test_a_model_that_got_other_layers_or_activations_is_copied_anew():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(2, kernel_initializer="identity")])
    x = np.array([[3.0, -1.0]], "float32")
    assert logits(model, x).tolist() == [[3, -1]]
    model.add(layers.Dense(2, kernel_initializer="ones"))
    assert logits(model, x).tolist() == [[2, 2]]
    model.layers[0].activation = keras.activations.relu
    assert logits(model, x).tolist() == [[3, 3]]
    model.set_weights([2 * weight for weight in model.get_weights()])
    assert logits(model, x).tolist() == [[12, 12]]
    model.pop()
    assert logits(model, x).tolist() == [[6, 0]]


def test_what_is_nested_in_a_model_may_change_too():
    inner = keras.Sequential([keras.Input((2,)), layers.Dense(2, kernel_initializer="identity")])
    model, x = keras.Sequential([keras.Input((2,)), inner]), np.array([[3.0, -1.0]], "float32")
    assert logits(model, x).tolist() == [[3, -1]]
    inner.layers[0].activation = keras.activations.relu
    assert logits(model, x).tolist() == [[3, 0]]


@pytest.mark.parametrize("make", [convolutional, lambda: Subclassed()])
def test_a_copy_does_not_keep_its_model(make):
    model, images = make(), random_images()
    model(images)
    gradient(model, images, 1)
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None
