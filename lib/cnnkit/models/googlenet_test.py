import keras
import numpy as np
import pytest

from cnnkit.models import googlenet
from cnnkit.models.testing import images_for, parameters, run, shape, without_weights

STEM = {"conv1": 9_472, "conv2_reduce": 4_160, "conv2": 110_784}


def test_parameters():
    """The weights of BVLC's GoogLeNet for Caffe: 13,378,280 in the file for training, which has the
    auxiliary classifiers, 6,998,552 in the one for use. Lecture L4 has the stem's."""
    with without_weights():
        model, alone = googlenet(), googlenet(auxiliary=False)
        assert {name: model.get_layer(name).count_params() for name in STEM} == STEM
    assert parameters(model) == (13_378_280, 0) and parameters(alone) == (6_998_552, 0)
    assert sum(STEM.values()) == 124_416


def test_the_papers_sizes():
    """Table 1, output sizes."""
    with without_weights():
        model = googlenet()
    assert shape(model, "conv1") == (112, 112, 64) and shape(model, "pool1") == (56, 56, 64)
    assert shape(model, "conv2") == (56, 56, 192) and shape(model, "pool2") == (28, 28, 192)
    maps = {"3a": 256, "3b": 480, "4a": 512, "4b": 512, "4c": 512, "4d": 528, "4e": 832, "5a": 832, "5b": 1024}
    for module, channels in maps.items():
        edge = {"3": 28, "4": 14, "5": 7}[module[0]]
        assert shape(model, f"inception_{module}_output") == (edge, edge, channels)
    assert shape(model, "auxiliary1_pool") == (4, 4, 512) and shape(model, "auxiliary2_pool") == (4, 4, 528)


def test_the_auxiliary_classifiers_only_watch():
    """The network without them, given the same weights, has the same output."""
    with_both = googlenet(3, (65, 80, 3), width=1 / 8)
    alone = googlenet(3, (65, 80, 3), width=1 / 8, auxiliary=False)
    for layer in alone.layers:
        layer.set_weights(with_both.get_layer(layer.name).get_weights() if layer.weights else [])
    images = images_for(alone)
    np.testing.assert_allclose(run(with_both, images)["output"], run(alone, images), rtol=1e-5, atol=1e-6)


def test_their_losses_reach_the_layers_below_them_and_no_others():
    model = googlenet(3, (65, 65, 3), width=1 / 8)
    model.compile(
        keras.optimizers.SGD(1.0),
        loss=dict.fromkeys(("output", "auxiliary1", "auxiliary2"), "sparse_categorical_crossentropy"),
        loss_weights={"output": 0.0, "auxiliary1": 0.3, "auxiliary2": 0.0},
        run_eagerly=keras.backend.backend() == "tensorflow",
        jit_compile=False,
    )
    names = ["conv1", "inception_4a_3x3", "auxiliary1", "inception_4b_3x3", "auxiliary2", "output"]
    before = {name: model.get_layer(name).get_weights()[0] for name in names}
    labels = np.array([0, 1, 2, 0])
    model.train_on_batch(images_for(model), dict.fromkeys(("output", "auxiliary1", "auxiliary2"), labels))
    moved = {name for name in names if (model.get_layer(name).get_weights()[0] != before[name]).any()}
    assert moved == {"conv1", "inception_4a_3x3", "auxiliary1"}


def test_sizes():
    assert googlenet(2, (None, None, 3), width=1 / 16, auxiliary=False).output_shape == (None, 2)
    with pytest.raises(ValueError, match="65 at least"):
        googlenet(2, (64, 80, 3))
    with pytest.raises(ValueError, match="needs to know height and width"):
        googlenet(2, (None, None, 3))
