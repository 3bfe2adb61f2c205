import keras
import numpy as np
import pytest
from keras import ops

from cnnkit.gradients import compiled, value_and_gradient


def numpy(tensor):
    return ops.convert_to_numpy(tensor)


def test_the_gradient_is_that_of_each_row():
    x = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    values, gradient = value_and_gradient(lambda x: ops.sum(ops.exp(x), axis=1), ops.convert_to_tensor(x))
    np.testing.assert_allclose(numpy(values), np.exp(x).sum(1), rtol=1e-5)
    np.testing.assert_allclose(numpy(gradient), np.exp(x), rtol=1e-5)


def test_where_nothing_depends_on_x_the_gradient_is_0():
    _, gradient = value_and_gradient(lambda x: ops.ones((2,)), ops.ones((2, 3)))
    np.testing.assert_array_equal(numpy(gradient), np.zeros((2, 3)))


def test_a_shape_is_traced_once_whatever_the_numbers_and_their_type():
    traced = []

    def function(x, scale):
        traced.append(tuple(x.shape))
        return x * scale

    run = compiled(function, [], [])
    for x, scale in ((np.ones((2, 3)), 1.0), (np.zeros((2, 3), "float32"), np.float64(7)), (np.ones((2, 3)), 0.5)):
        np.testing.assert_array_equal(run(x, scale), x * scale)
    times = 3 if keras.config.backend() == "torch" else 1
    assert traced == [(2, 3)] * times
    run(np.ones((4, 3)), 1.0)
    assert len(traced) == times + 1


def test_values_come_from_the_sources_at_each_call_and_no_variable_changes():
    own, source = keras.Variable([1.0]), keras.Variable([2.0])
    run = compiled(lambda x: (x * own, x + own), [own], [source])
    assert [array.tolist() for array in run([3.0])] == [[6.0], [5.0]]
    source.assign([10.0])
    assert [array.tolist() for array in run([3.0])] == [[30.0], [13.0]]
    assert numpy(own.value).tolist() == [1.0] and numpy(source.value).tolist() == [10.0]


def test_gradients_inside_a_compiled_loop():
    """x halves its distance to 3 in each step of gradient descent on (x - 3)^2 with rate 1/4."""

    def descend(x, steps):
        return ops.fori_loop(
            0, steps, lambda _, x: x - 0.25 * value_and_gradient(lambda x: ops.square(x - 3.0), x)[1], x
        )

    np.testing.assert_allclose(compiled(descend, [], [])(np.array([11.0, 3.0]), 3), [4.0, 3.0], rtol=1e-6)


def test_arrays_that_come_back_can_be_written_to():
    array = compiled(lambda x: x + 1, [], [])([1.0])
    array[0] = 5
    assert array.tolist() == [5.0]


@pytest.mark.skipif(keras.config.backend() != "tensorflow", reason="the others have nothing to say of it")
def test_compiling_for_many_shapes_is_no_cause_for_a_warning(caplog):
    run = compiled(lambda x: x + 1, [], [])
    for length in range(1, 9):
        run(np.zeros(length))
    assert not caplog.records


@pytest.mark.parametrize("way", ["gradient", "compiled"])
def test_what_tensorflow_cannot_do_on_a_processor_is_told_with_the_remedy(way):
    """Without oneDNN, which not every processor has by default; with it the sum of the image comes four times."""
    layer = keras.layers.Conv2DTranspose(1, 2, dilation_rate=2, use_bias=False, kernel_initializer="ones")
    x = ops.ones((1, 3, 3, 1))
    layer.build(x.shape)
    try:
        if way == "gradient":
            total = numpy(value_and_gradient(lambda x: ops.sum(layer(x), axis=(1, 2, 3)), x)[0])[0]
        else:
            total = compiled(layer, layer.variables, layer.variables)(numpy(x)).sum()
    except ValueError as error:
        total, said = None, str(error)
    assert total == 36 if total is not None else "TF_ENABLE_ONEDNN_OPTS=1" in said
