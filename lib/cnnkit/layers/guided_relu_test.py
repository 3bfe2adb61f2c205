import keras
import numpy as np

from cnnkit.layers import GuidedReLU, guided_relu
from cnnkit.layers.testing import arrays, assert_close, input_gradient

X = np.array([-2.0, -1.0, 0.0, 1.0, 2.0, 3.0], "float32")
UPSTREAM = np.array([5.0, -5.0, 4.0, 7.0, -7.0, 0.5], "float32")


def test_forward_it_is_relu():
    x = np.random.default_rng(0).normal(size=(2, 5, 4, 3)).astype("float32")
    for guided in (guided_relu, GuidedReLU()):
        np.testing.assert_array_equal(arrays(guided(x))[0], np.maximum(x, 0))


def test_back_pass_positive_gradients_of_positive_inputs_alone():
    for guided in (guided_relu, GuidedReLU()):
        assert_close(input_gradient(guided, X, UPSTREAM), np.array([0, 0, 0, 7, 0, 0.5]), 0)


def test_relu_itself_passes_negative_gradients_too():
    """So the test above would see a GuidedReLU that is none."""
    assert_close(input_gradient(keras.activations.relu, X, UPSTREAM), np.array([0, 0, 0, 7, -7, 0.5]), 0)


def test_two_in_a_row_are_guided_twice():
    both = input_gradient(lambda x: guided_relu(-guided_relu(x) + 2.5), X, UPSTREAM)
    assert_close(both, np.zeros(6), 0)


def test_keras_finds_it_by_its_name():
    dense = keras.layers.Dense(3, activation=guided_relu)
    assert keras.layers.deserialize(keras.layers.serialize(dense)).activation is guided_relu
