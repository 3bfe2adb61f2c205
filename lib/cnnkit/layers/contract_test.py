"""Every exported layer keeps the contract, or has a written reason why it cannot."""

import importlib
import inspect
import pkgutil

import keras
import numpy as np
import pytest
from keras.layers import Activation

from cnnkit import layers
from cnnkit.layers.contract import CHECKS
from cnnkit.layers.testing import Sample

ANY_SHAPE = dict.fromkeys(("names_a_wrong_rank", "names_a_wrong_size"), "it works value by value, on any shape")
NO_ARGUMENTS = {"names_a_wrong_argument": "it has no arguments of its own"}
GUIDED = {"finite_differences": "its gradient is not the derivative, by design; see guided_relu_test.py"}
CONVOLVES = {"an_empty_batch": "Keras's own convolution takes none under TensorFlow"}
ANY_SIZE = {"names_a_wrong_size": "it takes images of any size, and has no weights"}
IMAGES = (2, 6, 8, 3)
TOO_SMALL = ((2, 1, 8, 3), (2, 8, 1, 3))
NOT_WHOLE = (0, -1, 2.0, "2", True)
POOL_SIZES = [{"pool_size": size} for size in NOT_WHOLE]
CODES = np.random.default_rng(7).choice([-1.0, 1.0], size=(4, 6))
TABLE = [[1, 0, 1], [1, 1, 0]]
BAD_TABLES = ([], [1, 0], [[1, 0], [1]], [[1, 2]], [[1, 0], [1, 0]], [["x"]], None)

SAMPLES = {
    "AtrousSpatialPyramidPooling2D": Sample(
        lambda: layers.AtrousSpatialPyramidPooling2D(4, rates=(1, 2)),
        IMAGES,
        refuses=[{"filters": 0}, {"rates": (6, 0)}, {"rates": ()}, {"rates": 6}],
        exempt=CONVOLVES,
    ),
    "BedOfNails2D": Sample(
        lambda: layers.BedOfNails2D(3), IMAGES, refuses=[{"size": size} for size in NOT_WHOLE], exempt=ANY_SIZE
    ),
    "FractionalMaxPooling2D": Sample(
        lambda: layers.FractionalMaxPooling2D(1.4, seed=3),
        IMAGES,
        refuses=[{"pooling_ratio": ratio} for ratio in (1, 2, 0.5, float("nan"))],
        refuses_shapes=TOO_SMALL,
    ),
    "GuidedReLU": Sample(layers.GuidedReLU, IMAGES, exempt=ANY_SHAPE | NO_ARGUMENTS | GUIDED),
    "LocalResponseNormalization": Sample(
        lambda: layers.LocalResponseNormalization(k=1, n=3, alpha=0.3, beta=0.6),
        IMAGES,
        refuses=[{"n": 4}, {"n": 0}, {"k": 0}, {"alpha": -1}],
        exempt=ANY_SIZE,
    ),
    "MaxPoolingWithIndices2D": Sample(
        layers.MaxPoolingWithIndices2D, IMAGES, refuses=POOL_SIZES, refuses_shapes=TOO_SMALL
    ),
    "MaxUnpooling2D": Sample(
        layers.MaxUnpooling2D,
        IMAGES,
        positions=4,
        refuses=[*POOL_SIZES, {"output_size": (12,)}, {"output_size": 12}, {"output_size": (12, 0)}],
        exempt=ANY_SIZE,
    ),
    "PaddedConv2D": Sample(
        lambda: layers.PaddedConv2D(4, (4, 2), pad=1, strides=2),
        IMAGES,
        refuses_shapes=((2, 1, 8, 3),),
        refuses=[{"pad": -1}, {"pad": 1.0}, {"padding": "same"}, {"filters": -1}, {"data_format": "channels_first"}],
        exempt=CONVOLVES,
    ),
    "PartiallyConnectedConv2D": Sample(
        lambda: layers.PartiallyConnectedConv2D(TABLE, 3, activation=layers.scaled_tanh),
        (2, 5, 6, 2),
        refuses=[{"connections": table} for table in BAD_TABLES] + [{"kernel_size": 0}],
        refuses_shapes=((1, 2, 8, 2), (2, 8, 8, 3)),
        exempt=CONVOLVES,
    ),
    "RadialBasisOutput": Sample(
        lambda: layers.RadialBasisOutput(CODES),
        (3, 6),
        refuses=[{"codes": codes} for codes in ([1.0, -1.0], np.zeros((0, 4)), np.zeros((1, 2, 3)))],
        refuses_shapes=((2, 5),),
        exempt={"jit_compile_at_224_pixels": "it takes features and no image"},
    ),
    "ScaledTanh": Sample(layers.ScaledTanh, IMAGES, exempt=ANY_SHAPE | NO_ARGUMENTS),
    "SpatialPyramidPooling2D": Sample(
        lambda: layers.SpatialPyramidPooling2D((1, 2, 3), pooling="average"),
        IMAGES,
        refuses=[{"levels": ()}, {"levels": (0,)}, {"levels": 3}, {"pooling": "sum"}],
        exempt=ANY_SIZE,
    ),
    "SqueezeAndExcitation": Sample(
        lambda: layers.SqueezeAndExcitation(2), (2, 5, 6, 8), refuses=[{"ratio": 0}], refuses_shapes=((2, 5, 6, 1),)
    ),
    "StochasticPooling2D": Sample(
        lambda: layers.StochasticPooling2D(seed=3), IMAGES, refuses=POOL_SIZES, refuses_shapes=TOO_SMALL
    ),
    "TopLeftPooling2D": Sample(layers.TopLeftPooling2D, IMAGES, refuses=POOL_SIZES, refuses_shapes=TOO_SMALL),
    "TrainableSubsampling": Sample(
        lambda: layers.TrainableSubsampling(activation=layers.scaled_tanh),
        IMAGES,
        refuses=POOL_SIZES,
        refuses_shapes=TOO_SMALL,
    ),
    "guided_relu": Sample(lambda: Activation(layers.guided_relu), IMAGES, exempt=ANY_SHAPE | NO_ARGUMENTS | GUIDED),
    "scaled_tanh": Sample(lambda: Activation(layers.scaled_tanh), IMAGES, exempt=ANY_SHAPE | NO_ARGUMENTS),
}


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("name", layers.__all__)
def test_contract(name, check):
    sample = SAMPLES[name]
    if check in sample.exempt:
        pytest.skip(sample.exempt[check])
    CHECKS[check](sample)


def test_every_layer_of_the_package_is_exported_and_has_a_sample():
    assert set(SAMPLES) == set(layers.__all__)
    for module in pkgutil.iter_modules(layers.__path__, "cnnkit.layers."):
        if module.name.endswith("_test"):
            continue
        for name, found in vars(importlib.import_module(module.name)).items():
            registered = keras.saving.get_registered_name(found) if inspect.isclass(found) else ""
            assert not registered.startswith("cnnkit>") or name in layers.__all__


@pytest.mark.parametrize("name", layers.__all__)
def test_an_exemption_names_a_check_and_a_docstring_has_an_example(name):
    assert set(SAMPLES[name].exempt) <= set(CHECKS)
    assert ">>> " in getattr(layers, name).__doc__
