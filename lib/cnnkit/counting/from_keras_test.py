"""Every comparison with Keras: this file alone builds models."""

import subprocess
import sys

import keras
import pytest
from keras import layers

from cnnkit import layers as own
from cnnkit import models
from cnnkit.counting import NETWORKS, CountingError, count, from_keras
from cnnkit.counting.keras_layers import COMPOUND, OPERATIONS, SIMPLE
from cnnkit.models.testing import parameters, without_weights

# Networks whose graph can be built small; the numbers are sizes, not those published.
SMALL = {
    "alexnet": lambda: models.alexnet("2012", 4, (67, 83, 3), width=1 / 16),
    "deconvnet": lambda: models.deconvnet(3, (224, 256, 3), width=1 / 64),
    "deeplabv3plus": lambda: models.deeplabv3plus(3, (32, 48, 3), width=1 / 8, rates=(1, 2)),
    "fcn8s": lambda: models.fcn8s(3, (32, 64, 3), width=1 / 16),
    "fcn16s": lambda: models.fcn16s(3, (32, 64, 3), width=1 / 16),
    "lenet5": models.lenet5,
    "unet": lambda: models.unet(3, (32, 48, 2), width=1 / 16, padding="same"),
}
# Networks at the published size, without values: the model, and what it learns by its docstring.
FULL = {
    "lenet5": (lambda: models.lenet5(input_shape=(32, 32, 1)), 60_000),
    "lenet5_modern": (lambda: models.lenet5(original=False, input_shape=(32, 32, 1)), 61_706),
    "mnist_l1": (models.mnist_l1, 137_660),
    "alexnet_2012": (lambda: models.alexnet("2012"), 60_965_224),
    "alexnet_simplified": (lambda: models.alexnet("simplified"), 62_378_344),
    "alexnet_table": (lambda: models.alexnet("table"), 61_100_840),
    "vgg16": (models.vgg16, 138_357_544),
    "vgg19": (models.vgg19, 143_667_240),
    "googlenet": (lambda: models.googlenet(auxiliary=False), 6_998_552),
    "googlenet_auxiliary": (models.googlenet, 13_378_280),
    "resnet18": (models.resnet18, 11_689_512),
    "resnet50": (models.resnet50, 25_557_032),
    "resnext50": (models.resnext50, 25_028_904),
    "se_resnet50": (models.se_resnet50, 28_088_024),
    "densenet121": (models.densenet121, 7_978_856),
    "mobilenet": (models.mobilenet, 4_231_976),
    "unet": (models.unet, 31_030_658),
    "fcn32s": (models.fcn32s, 134_346_581 + 1_806_336),
    "segnet": (models.segnet, 29_441_419),
    "deconvnet": (models.deconvnet, 251_801_429),
}
BIASES_IN_KERAS = {"resnet50": 26_560}
DIFFERS_IN_FLOPS = {"resnet50", "alexnet_table"}  # these biases; and the lecture's rows leave out activations


def assert_counted_as(table, model):
    """The model's parameters, and each layer's output."""
    total = table.total
    assert total.weights + total.biases + total.fixed == sum(parameters(model))
    for layer in model.layers:
        output = layer.output[0] if isinstance(layer.output, (list, tuple)) else layer.output
        assert table[layer.name].output == tuple(output.shape[1:])


@pytest.mark.parametrize("network", SMALL)
def test_small_networks(network):
    with without_weights():
        model = SMALL[network]()
        assert_counted_as(count(model), model)


@pytest.mark.parametrize("network", FULL)
def test_published_networks(network):
    """The Keras model and the list of specs are counted alike, and as published."""
    build, published = FULL[network]
    specs = count(network)
    with without_weights():
        model = build()
        table = count(model)
        assert_counted_as(table, model)
        flops = count(model, "flop").total.flops
    biases = BIASES_IN_KERAS.get(network, 0)
    assert specs.total.parameters == published == table.total.parameters - biases
    assert specs.total.macs == table.total.macs
    if not biases:
        assert specs.total.fixed == table.total.fixed
    if network not in DIFFERS_IN_FLOPS:
        assert count(network, "flop").total.flops == flops
    common = {row.name for row in specs} & {row.name for row in table}
    for here, there in ((specs[name], table[name]) for name in common):
        assert (here.output, here.macs.value) == (there.output, there.macs.value)


SAMPLES = {
    "Conv2D": layers.Conv2D(6, (3, 2), strides=2, padding="same", groups=2),
    "PaddedConv2D": own.PaddedConv2D(6, 3, pad=2, dilation_rate=2, activation="relu"),
    "DepthwiseConv2D": layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same"),
    "SeparableConv2D": layers.SeparableConv2D(5, 3, depth_multiplier=2, activation="relu"),
    "Conv2DTranspose": layers.Conv2DTranspose(5, (3, 2), strides=3),
    "PartiallyConnectedConv2D": own.PartiallyConnectedConv2D([[1, 0], [1, 1], [0, 1], [1, 1]], 3),
    "Dense": layers.Dense(3, use_bias=False),
    "Flatten": layers.Flatten(),
    "Conv2DTranspose, dilated": layers.Conv2DTranspose(5, 2, dilation_rate=(3, 1)),
    "RMSNormalization": layers.RMSNormalization(),
    "UnitNormalization": layers.UnitNormalization(),
    "Normalization": layers.Normalization(mean=1.0, variance=2.0),
    "Rescaling": layers.Rescaling(1 / 255),
    "AlphaDropout": layers.AlphaDropout(0.5),
    "ActivityRegularization": layers.ActivityRegularization(0.1),
    "MultiHeadAttention": lambda x: layers.MultiHeadAttention(3, 5, 2, output_shape=6, attention_axes=(1, 2))(x, x),
    "Reshape": layers.Reshape((10, 9, 4)),
    "ZeroPadding2D": layers.ZeroPadding2D(((1, 2), (0, 3))),
    "Cropping2D": layers.Cropping2D(((1, 2), (0, 3))),
    "MaxPooling2D": layers.MaxPooling2D(3, 2, padding="same"),
    "AveragePooling2D": layers.AveragePooling2D((2, 3)),
    "MaxPoolingWithIndices2D": own.MaxPoolingWithIndices2D(3),
    "StochasticPooling2D": own.StochasticPooling2D(2),
    "TopLeftPooling2D": own.TopLeftPooling2D(2),
    "TrainableSubsampling": own.TrainableSubsampling(2, activation="tanh"),
    "FractionalMaxPooling2D": own.FractionalMaxPooling2D(1.4),
    "SpatialPyramidPooling2D": own.SpatialPyramidPooling2D(),
    "GlobalAveragePooling2D": layers.GlobalAveragePooling2D(),
    "GlobalMaxPooling2D": layers.GlobalMaxPooling2D(keepdims=True),
    "UpSampling2D": layers.UpSampling2D((2, 3), interpolation="bilinear"),
    "BedOfNails2D": own.BedOfNails2D(3),
    "BatchNormalization": layers.BatchNormalization(scale=False),
    "LayerNormalization": layers.LayerNormalization(),
    "GroupNormalization": layers.GroupNormalization(2),
    "LocalResponseNormalization": own.LocalResponseNormalization(),
    "Activation": layers.Activation("tanh"),
    "ReLU": layers.ReLU(),
    "LeakyReLU": layers.LeakyReLU(),
    "ELU": layers.ELU(),
    "Softmax": layers.Softmax(),
    "GuidedReLU": own.GuidedReLU(),
    "ScaledTanh": own.ScaledTanh(),
    "PReLU": layers.PReLU(shared_axes=[1, 2]),
    "Dropout": layers.Dropout(0.5),
    "SpatialDropout2D": layers.SpatialDropout2D(0.5),
    "GaussianDropout": layers.GaussianDropout(0.5),
    "GaussianNoise": layers.GaussianNoise(0.5),
    "Identity": layers.Identity(),
    "SqueezeAndExcitation": own.SqueezeAndExcitation(2),
    "AtrousSpatialPyramidPooling2D": own.AtrousSpatialPyramidPooling2D(3, (2, 3)),
}
PAIRS = ("Add", "Subtract", "Average", "Maximum", "Minimum", "Multiply", "Concatenate")


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_layer_alone(kind):
    """`from_keras` itself refuses what has other outputs or parameters than Keras says."""
    x = keras.Input((9, 10, 4))
    model = keras.Model(x, SAMPLES[kind](x))
    assert_counted_as(count(model), model)


@pytest.mark.parametrize("kind", PAIRS)
def test_a_layer_of_two_inputs(kind):
    x = keras.Input((9, 10, 4))
    model = keras.Model(x, getattr(layers, kind)()([x, layers.ReLU()(x)]))
    assert_counted_as(count(model), model)


def test_every_layer_of_the_library_can_be_counted():
    """A new layer of cnnkit without a line in keras_layers.py, or without a sample here, fails."""
    public = {name for name in own.__all__ if isinstance(getattr(own, name), type)}
    assert public <= SIMPLE.keys() | COMPOUND.keys()
    elsewhere = {"InputLayer", "RadialBasisOutput", "MaxUnpooling2D", *PAIRS}  # in the networks above
    here = {name.split(",")[0] for name in SAMPLES}
    assert SIMPLE.keys() | COMPOUND.keys() == here | elsewhere | OPERATIONS


def test_operations_are_counted_as_what_they_are():
    x = keras.Input((8, 6, 4))
    summed = count(keras.Model(x, keras.ops.relu(x * (1 / 6) + x)), "flop")
    assert [row.kind for row in summed][1:] == ["Scale", "Add", "Activation"]
    assert summed.total.flops == 3 * 8 * 6 * 4
    for name in OPERATIONS - {"LayerScale", "CustomScaleLayer"}:
        operation = getattr(keras.ops, name.lower(), None)
        if operation is not None:
            two = name in PAIRS or name in ("Divide", "Multiply")
            assert count(keras.Model(x, operation(x, x) if two else operation(x)))[-1].output == (8, 6, 4)


def test_attention():
    """Against the sizes of its weights, and n^2 products of two vectors a head."""
    x = keras.Input((10, 8))
    model = keras.Model(x, layers.MultiHeadAttention(2, 5, 3, name="attention")(x, x))
    row = count(model, "flop")["attention"]
    assert row.weights.value == 8 * 2 * 5 * 2 + 8 * 2 * 3 + 2 * 3 * 8
    assert row.weights.value + row.biases.value == model.count_params()
    assert row.macs.value == 10 * row.weights.value + 10 * 10 * 2 * (5 + 3)


# Of each family in keras.applications one, and its multiply-adds in millions where a paper prints them.
APPLICATIONS = {
    "ConvNeXtTiny": 4500,
    "DenseNet121": 2870,
    "EfficientNetB0": 390,
    "EfficientNetV2B0": 700,
    "InceptionResNetV2": None,
    "InceptionV3": 5720,
    "MobileNet": 569,
    "MobileNetV2": 300,
    "MobileNetV3Large": 219,
    "MobileNetV3Small": 56,
    "NASNetMobile": 564,
    "ResNet50V2": None,
    "VGG16": 15470,
    "Xception": 8400,
}


@pytest.mark.parametrize("name", APPLICATIONS)
def test_networks_of_keras_are_counted(name):
    """With the parameters that Keras has; `from_keras` itself compares each layer's."""
    if name == "NASNetMobile" and keras.backend.backend() == "torch":
        pytest.skip("Keras does not make NASNetMobile under PyTorch")
    sized = {"input_shape": (224, 224, 3)} if name.startswith("MobileNetV3") else {}
    with without_weights():
        model = getattr(keras.applications, name)(weights=None, **sized)
        table = count(model)
        assert table.total.weights + table.total.biases + table.total.fixed == sum(parameters(model))
    if APPLICATIONS[name]:
        assert table.total.macs / 1e6 == pytest.approx(APPLICATIONS[name], rel=0.05)


def test_what_a_layer_holds_is_counted():
    x = keras.Input((8, 6, 4))
    table = count(keras.Model(x, layers.Conv2D(5, 3, activation="relu", name="conv")(x)), "flop")
    assert [row.name for row in table][1:] == ["conv", "conv_relu"]
    assert table["conv_relu"].flops.value == 5 * 6 * 4
    squeeze = count(keras.Model(x, own.SqueezeAndExcitation(2, name="se")(x)), "flop")
    assert squeeze["se"].flops.value == 8 * 6 * 4 and squeeze["se_mean"].flops.value == 8 * 6 * 4
    assert squeeze.total.macs == 2 * 4 * 2
    pyramid = count(keras.Model(x, own.AtrousSpatialPyramidPooling2D(3, (2,), name="aspp")(x)))
    assert pyramid.total.macs == 48 * 3 * (4 + 9 * 4 + 3 * 3) + 4 * 3
    separable = count(keras.Model(x, layers.SeparableConv2D(5, 3, name="separable")(x)))
    assert (separable["separable_depthwise"].macs.value, separable["separable"].macs.value) == (24 * 9 * 4, 24 * 4 * 5)


def test_nested_models():
    inner = keras.Sequential(
        [keras.Input((8, 6, 4)), layers.Conv2D(4, 3, padding="same"), layers.ReLU(name="relu")], name="inner"
    )
    x = keras.Input((8, 6, 4), name="image")
    model = keras.Model(x, layers.Add(name="sum")([x, inner(x)]))
    table = count(model)
    assert table["sum"].spec.inputs == ("image", "inner/relu")
    assert table.total.parameters == model.count_params()


def test_what_is_used_twice_has_its_weights_once():
    x = keras.Input((8, 6, 4))
    conv = layers.Conv2D(4, 3, padding="same", activation="relu", name="conv")
    inner = keras.Sequential([keras.Input((8, 6, 4)), layers.Dense(4, name="dense")], name="inner")
    model = keras.Model(x, inner(inner(conv(conv(x)))))
    table = count(model)
    assert [row.name for row in table][1:] == [
        "conv",
        "conv_relu",
        "conv#2",
        "conv#2_relu",
        "inner/dense",
        "inner/dense#2",
    ]
    assert table.total.parameters == model.count_params()
    assert table["conv#2"].macs.value == table["conv"].macs.value > 0


def test_unknown_layers_are_errors():
    class Own(layers.Layer):
        def call(self, inputs):
            return 2 * inputs

    class Conv2D(layers.Conv2D):
        pass

    x = keras.Input((8, 6, 4))
    for layer in (Own(name="mine"), Conv2D(2, 3, name="mine")):
        with pytest.raises(
            CountingError, match=f"layer 'mine': {type(layer).__name__} is not known here.*or give count"
        ):
            from_keras(keras.Model(x, layer(x)))
    with pytest.raises(CountingError, match="layer 'sum': Sum is not known"):
        from_keras(keras.Model(x, keras.ops.sum(x, axis=1)))


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (layers.Conv2DTranspose(2, 3, strides=2, padding="same", output_padding=1), "without output_padding"),
        (layers.UpSampling2D(interpolation="bicubic"), "nearest or bilinear, and its interpolation is bicubic"),
        (layers.LayerNormalization(axis=(1, 2, 3)), "would be counted with output .* where Keras has"),
        (layers.LayerNormalization(axis=1), "would be counted with output .* where Keras has"),
        (layers.BatchNormalization(axis=1), "would be counted with output .* where Keras has .* cannot be counted"),
        (layers.MaxPooling2D(2, data_format="channels_first"), "has its channels first"),
    ],
)
def test_options_that_are_not_counted_are_errors(layer, message):
    x = keras.Input((8, 6, 4))
    with pytest.raises(CountingError, match=f"layer '{layer.name}': .*{message}"):
        from_keras(keras.Model(x, layer(x)))


def test_concatenation_of_rows_is_an_error():
    x = keras.Input((8, 6, 4))
    with pytest.raises(CountingError, match="over the channels alone"):
        from_keras(keras.Model(x, layers.Concatenate(axis=1)([x, x])))


def test_models_without_graph_or_sizes():
    class Own(keras.Model):
        pass

    with pytest.raises(CountingError, match="functional model.* received Own; build a Sequential from its keras.Input"):
        count(Own())
    with pytest.raises(CountingError, match="functional model.* received Sequential"):
        count(keras.Sequential([layers.Dense(3)]))
    with pytest.raises(
        CountingError, match=r"unknown size, \(None, None, None, 3\); build the model from a keras.Input"
    ):
        count(keras.Sequential([keras.Input((None, None, 3)), layers.ReLU()]))
    with pytest.raises(CountingError, match="name of a network, a list of specs .* received int"):
        count(3)


def test_importing_it_imports_neither_keras_nor_matplotlib():
    heavy = ("keras", "tensorflow", "matplotlib", "numpy")
    code = (
        f"import sys; import cnnkit.counting as c; c.count('resnet50'); print([m for m in {heavy} if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_every_network_has_its_model():
    assert FULL.keys() == NETWORKS.keys()
    skipped = {"LENET5_C3", "Bilinear", "unet_output_size"}
    built = {name.split("_")[0] for name in SMALL | FULL} | {"se_resnet50", "mnist_l1"}
    assert set(models.__all__) - skipped <= built
