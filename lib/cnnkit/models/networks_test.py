"""What holds for every network: built small, each runs, learns, saves, and says what it cannot take."""

import inspect

import keras
import numpy as np
import pytest

from cnnkit import models
from cnnkit.models.testing import assert_learns, assert_saves_and_loads, images_for, run

# Not square, but where the network is for digits.
SMALL = {
    "alexnet": lambda: models.alexnet("2012", 4, (67, 83, 3), width=1 / 16),
    "deconvnet": lambda: models.deconvnet(3, (224, 256, 3), width=1 / 64),
    "deeplabv3plus": lambda: models.deeplabv3plus(3, (32, 48, 3), width=1 / 8, rates=(1, 2)),
    "densenet121": lambda: models.densenet121(4, (32, 64, 3)),
    "fcn8s": lambda: models.fcn8s(3, (32, 64, 3), width=1 / 16),
    "fcn16s": lambda: models.fcn16s(3, (32, 64, 3), width=1 / 16),
    "fcn32s": lambda: models.fcn32s(3, (32, 64, 3), width=1 / 16),
    "googlenet": lambda: models.googlenet(4, (65, 80, 3), width=1 / 8),
    "lenet5": lambda: models.lenet5(original=False),
    "mnist_l1": lambda: models.mnist_l1(),
    "mobilenet": lambda: models.mobilenet(4, (32, 64, 3), width=0.25),
    "resnet18": lambda: models.resnet18(4, (32, 64, 3), width=1 / 8),
    "resnet50": lambda: models.resnet50(4, (32, 64, 3)),
    "resnext50": lambda: models.resnext50(4, (32, 64, 3), cardinality=4, group_width=2),
    "se_resnet50": lambda: models.se_resnet50(4, (32, 64, 3), width=1 / 8, squeeze_ratio=4),
    "segnet": lambda: models.segnet(3, (32, 64, 3), width=1 / 16),
    "unet": lambda: models.unet(3, (32, 48, 2), width=1 / 16, padding="same"),
    "vgg16": lambda: models.vgg16(4, (32, 64, 3)),
    "vgg19": lambda: models.vgg19(4, (32, 64, 3)),
}
SEGMENTING = {"deconvnet", "deeplabv3plus", "fcn8s", "fcn16s", "fcn32s", "segnet", "unet"}
KERAS_OWN = {"densenet121", "resnet50", "vgg16", "vgg19"}  # large, and trained and saved in Keras's tests
# On a CPU TensorFlow compiles a grouped convolution at each call; residual_test.py trains and saves its block.
SLOW = {"resnext50"}
NO_ARGUMENTS = {"mnist_l1"}


@pytest.fixture(autouse=True)
def _same_weights_each_time():
    keras.utils.set_random_seed(0)


def test_every_network_is_here():
    not_networks = {"LENET5_C3", "Bilinear", "unet_output_size"}
    assert set(SMALL) == set(models.__all__) - not_networks


@pytest.mark.parametrize("network", SMALL)
def test_it_runs_saves_and_learns(network, tmp_path):
    model = SMALL[network]()
    images = images_for(model)
    for output in keras.tree.flatten(run(model, images)):
        assert np.isfinite(output).all()
        if network in SEGMENTING:
            assert output.shape == (*images.shape[:3], 3)
        else:
            assert output.ndim == 2 and (output >= 0).all()
            np.testing.assert_allclose(output.sum(axis=1), 1, atol=1e-5)
    if network not in KERAS_OWN | SLOW:
        assert_saves_and_loads(model, tmp_path)
        assert_learns(model)


@pytest.mark.parametrize("network", sorted(set(SMALL) - NO_ARGUMENTS))
@pytest.mark.parametrize(
    "arguments",
    [
        {"classes": 0},
        {"classes": 2.5},
        {"input_shape": (3, 5, 3)},
        {"input_shape": (64, 64)},
        {"input_shape": (64, 64, None)},
        {"input_shape": (64, 64.0, 3)},
        {"input_shape": (64, 64, 0)},
        {"input_shape": 64},
    ],
)
def test_what_it_cannot_build_is_named(network, arguments):
    with pytest.raises(ValueError, match="received"):
        getattr(models, network)(**arguments)


@pytest.mark.parametrize(
    "network", [name for name in SMALL if "width" in inspect.signature(getattr(models, name)).parameters]
)
@pytest.mark.parametrize("width", [0, -1, "1", float("nan"), float("inf")])
def test_width_is_a_number_above_zero(network, width):
    with pytest.raises(ValueError, match="width multiplies .* received"):
        getattr(models, network)(width=width)


@pytest.mark.parametrize("network", ["deeplabv3plus", "fcn8s", "resnet18", "unet"])
def test_any_height_and_width(network):
    """Built without sizes, the network has the same weights, and does the same, as with them."""
    known = {"padding": "same"} if network == "unet" else {"rates": (1, 2)} if network == "deeplabv3plus" else {}
    model = getattr(models, network)(classes=3, input_shape=(None, None, 3), width=1 / 16, **known)
    fixed = getattr(models, network)(classes=3, input_shape=(96, 32, 3), width=1 / 16, **known)
    fixed.set_weights(model.get_weights())
    images = images_for(fixed, 1)
    np.testing.assert_allclose(run(model, images), run(fixed, images), rtol=1e-4, atol=1e-5)
