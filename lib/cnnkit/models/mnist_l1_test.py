import numpy as np

from cnnkit.models import mnist_l1


def test_parameters_of_the_slides():
    counts = [layer.count_params() for layer in mnist_l1().layers if layer.count_params()]
    assert counts == [250, 11_300, 125_100, 1_010] and sum(counts) == 137_660


def test_shapes_of_the_slides():
    shapes = [tuple(layer.output.shape[1:]) for layer in mnist_l1().layers]
    edges = [(26, 26, 25), (13, 13, 25), (11, 11, 50), (5, 5, 50), (1250,), (100,), (10,)]
    assert shapes == edges


def test_outputs_are_probabilities():
    images = np.random.default_rng(0).random((3, 28, 28, 1), dtype="float32")
    outputs = mnist_l1().predict(images, verbose=0)
    assert (outputs >= 0).all()
    np.testing.assert_allclose(outputs.sum(axis=1), 1, atol=1e-5)
