import numpy as np
import pytest

from cnnkit.layers import LocalResponseNormalization
from cnnkit.models import alexnet
from cnnkit.models.testing import parameters, randomize, run, shape, without_weights


@pytest.mark.parametrize(
    ("variant", "count"), [("2012", 60_965_224), ("simplified", 62_378_344), ("table", 61_100_840)]
)
def test_parameters(variant, count):
    """The paper's 60 million are those of the grouped one, BVLC's bvlc_alexnet for Caffe to the last; the
    listing's are the same without groups; the table's are torchvision's alexnet."""
    with without_weights():
        model = alexnet(variant)
    assert parameters(model) == (count, 0)


def test_the_tables_rows():
    with without_weights():
        model = alexnet("table")
    edges = {name: shape(model, name)[0] for name in ("conv1", "pool1", "conv2", "pool2", "conv3", "conv5", "pool5")}
    assert list(edges.values()) == [56, 27, 27, 13, 13, 13, 6] and shape(model, "flatten") == (9216,)
    counts = [layer.count_params() for layer in model.layers if layer.count_params()]
    assert counts == [23_296, 307_392, 663_936, 884_992, 590_080, 37_752_832, 16_781_312, 4_097_000]


def test_the_listings_sizes():
    with without_weights():
        model = alexnet("simplified")
    assert shape(model, "conv1") == (55, 55, 96) and model.get_layer("conv1").count_params() == 34_944
    assert shape(model, "norm1") == (27, 27, 96) and shape(model, "norm2") == (13, 13, 256)
    assert shape(model, "pool5") == (6, 6, 256)


@pytest.mark.parametrize(
    ("variant", "order"),
    [
        ("2012", ["conv1", "norm1", "pool1", "conv2", "norm2", "pool2"]),
        ("simplified", ["conv1", "pool1", "norm1", "conv2", "pool2", "norm2"]),
        ("table", ["conv1", "pool1", "conv2", "pool2", "conv3", "conv4"]),
    ],
)
def test_where_the_norms_are(variant, order):
    model = alexnet(variant, classes=2, input_shape=(67, 67, 3), width=1 / 32)
    assert [layer.name for layer in model.layers[:6]] == order
    norms = sum(isinstance(layer, LocalResponseNormalization) for layer in model.layers)
    assert norms == sum(name.startswith("norm") for name in order)


def test_each_half_of_conv2_sees_its_half_of_the_maps():
    model = alexnet("2012", classes=2, width=1 / 16)
    randomize(model)
    conv2 = model.get_layer("conv2")
    maps = np.random.default_rng(0).random((1, 5, 7, 6), dtype="float32")
    changed = maps.copy()
    changed[..., 3:] += 1
    before, after = run(conv2, maps), run(conv2, changed)
    assert (before[..., :8] == after[..., :8]).all() and (before[..., 8:] != after[..., 8:]).any()


@pytest.mark.parametrize(("variant", "least"), [("2012", 67), ("table", 63)])
def test_the_smallest_input(variant, least):
    assert shape(alexnet(variant, 2, (least, least + 32, 3), 1 / 32), "pool5")[:2] == (1, 2)
    with pytest.raises(ValueError, match=f"{least} at least, and received"):
        alexnet(variant, 2, (least - 1, 99, 3))


def test_other_variants_are_named():
    with pytest.raises(ValueError, match="'2012', 'simplified', 'table', and received '2013'"):
        alexnet("2013")
