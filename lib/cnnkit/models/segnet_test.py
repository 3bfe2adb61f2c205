import keras
import numpy as np

from cnnkit.layers import MaxPoolingWithIndices2D, MaxUnpooling2D
from cnnkit.models import segnet
from cnnkit.models.testing import images_for, parameters, run, shape, without_weights


def test_parameters():
    """Badrinarayanan et al., section 1: 14.7 million in the encoder; the decoder mirrors it, 29.4."""
    with without_weights():
        model = segnet()
        encoder = sum(layer.count_params() for layer in model.layers if layer.name.startswith("encoder"))
    assert round(encoder / 1e6, 1) == 14.7
    assert parameters(model) == (29_441_419, 15_872)


def test_thirteen_convolutions_each_way():
    with without_weights():
        model = segnet()
    way = [layer.name for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    down, up = (sum(name.startswith(start) for name in way) for start in ("encoder", ("decoder", "output")))
    assert (down, up) == (13, 13)
    assert shape(model, "unpool5") == (22, 30, 512) and shape(model, "unpool1") == (352, 480, 64)


def test_each_unpooling_uses_the_indices_of_its_pooling():
    """What is unpooled lies where the maxima were: pooling it again gives it back, at the same places."""
    model = segnet(3, (32, 64, 3), width=1 / 16)
    for stage in range(1, 6):
        values, indices = model.get_layer(f"unpool{stage}").input
        found = model.get_layer(f"pool{stage}").output[1]
        assert found is indices
        unpooled = model.get_layer(f"unpool{stage}").output
        parts = keras.Model(model.input, [values, indices, unpooled])
        values, indices, unpooled = run(parts, images_for(model, 1))
        again, places = (keras.ops.convert_to_numpy(x) for x in MaxPoolingWithIndices2D()(unpooled))
        np.testing.assert_array_equal(again, values)
        np.testing.assert_array_equal(places[values > 0], indices[values > 0])
    assert sum(isinstance(layer, MaxUnpooling2D) for layer in model.layers) == 5
