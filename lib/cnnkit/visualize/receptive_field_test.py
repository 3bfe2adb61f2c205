"""What is computed is compared with what a network truly depends on: where its gradient is not 0."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from cnnkit import layers as own
from cnnkit.counting import CountingError, count
from cnnkit.gradients import value_and_gradient
from cnnkit.models import lenet5
from cnnkit.visualize import activation_maps, maximal_patches, receptive_field
from cnnkit.visualize.testing import convolutional, random_images


def depends_on(model, layer, row, column):
    """The box of pixels whose gradient is not 0, all weights being positive."""
    part = keras.Model(model.inputs, model.get_layer(layer).output)
    part.set_weights([np.full(weight.shape, 0.1) for weight in part.get_weights()])
    x = np.random.default_rng(0).uniform(1, 2, (1, *model.input_shape[1:])).astype("float32")
    _, gradient = value_and_gradient(
        lambda x: ops.sum(part(x, training=False)[:, row, column], axis=1), ops.convert_to_tensor(x)
    )
    rows, columns = np.nonzero(ops.convert_to_numpy(gradient)[0].any(axis=2))
    return rows.min(), columns.min(), rows.max() + 1, columns.max() + 1


def chain(*stack, size=(23, 31)):
    return keras.Sequential([keras.Input((*size, 2)), *stack, layers.Activation("linear", name="end")])


def merged(join):
    x = keras.Input((23, 31, 2))
    short = layers.Conv2D(3, 1, strides=2, padding="same")(x)
    y = layers.Conv2D(3, 3, strides=2, padding="same", activation="relu")(x)
    y = layers.Conv2D(3, 5, padding="same")(layers.BatchNormalization()(y))
    return keras.Model(x, layers.ReLU(name="end")(join([short, y])))


def u_net():
    x = keras.Input((24, 32, 1))
    left = layers.Conv2D(2, 3, padding="same", activation="relu")(x)
    down = layers.Conv2D(2, 3, padding="same", activation="relu")(layers.AveragePooling2D(2)(left))
    up = layers.Conv2DTranspose(2, 2, strides=2)(down)
    return keras.Model(x, layers.Conv2D(2, 3, padding="same", name="end")(layers.concatenate([left, up])))


def attention():
    x = keras.Input((12, 14, 2))
    y = layers.Conv2D(2, 3, padding="same")(x)
    weight = layers.Dense(2, activation="sigmoid")(layers.GlobalAveragePooling2D(keepdims=True)(y))
    return keras.Model(x, layers.Multiply(name="end")([y, weight]))


MODELS = {
    "valid": lambda: chain(layers.Conv2D(2, 3), layers.Conv2D(2, (5, 1))),
    "stride": lambda: chain(layers.Conv2D(2, 3, strides=2), layers.Conv2D(2, 3, strides=(1, 2))),
    "same, stride": lambda: chain(
        layers.Conv2D(2, 4, strides=3, padding="same"), layers.Conv2D(2, 3, strides=2, padding="same")
    ),
    "even kernel": lambda: chain(layers.Conv2D(2, 4, padding="same"), layers.Conv2D(2, 2, padding="same")),
    "dilated": lambda: chain(layers.Conv2D(2, 3, dilation_rate=(2, 3), padding="same"), layers.Conv2D(2, 3)),
    "pooling": lambda: chain(layers.AveragePooling2D(3, strides=2, padding="same"), layers.AveragePooling2D(2)),
    "depthwise": lambda: chain(layers.DepthwiseConv2D(3), layers.SeparableConv2D(2, 3, strides=2, padding="same")),
    "padding layers": lambda: chain(
        layers.ZeroPadding2D((2, 1)), layers.Conv2D(2, 5), layers.Cropping2D(((1, 0), (2, 1)))
    ),
    "padded convolution": lambda: chain(own.PaddedConv2D(2, 7, pad=3, strides=2)),
    "upsampling": lambda: chain(
        layers.AveragePooling2D(2), layers.UpSampling2D(2), layers.Conv2D(2, 3, padding="same"), size=(24, 32)
    ),
    "transposed": lambda: chain(layers.Conv2DTranspose(2, 3, strides=2), layers.Conv2D(2, 2)),
    "transposed, same": lambda: chain(layers.Conv2DTranspose(2, 4, strides=2, padding="same")),
    "nested": lambda: chain(layers.Conv2D(2, 3), keras.Sequential([layers.Conv2D(2, 3, strides=2), layers.ReLU()])),
    "residual": lambda: merged(layers.add),
    "concatenated": lambda: merged(layers.concatenate),
    "operation": lambda: merged(lambda tensors: ops.add(*tensors)),
    "u-net": u_net,
    "attention": attention,
}


@pytest.mark.parametrize("name", MODELS)
def test_it_is_what_the_unit_depends_on(name):
    model = MODELS[name]()
    _, height, width, _ = model.get_layer("end").output.shape
    _, rows, columns, _ = model.input_shape
    for row, column in {(0, 0), (height // 2, width // 2), (height - 1, width - 1), (1, width - 2)}:
        field = receptive_field(model, "end", row, column)
        seen = max(field.top, 0), max(field.left, 0), min(field.bottom, rows), min(field.right, columns)
        assert seen == depends_on(model, "end", row, column), (row, column)


def single(layer):
    """Of maps, or of two of them where the layer takes a list."""
    x = keras.Input((6, 8, 4))
    takes_two = isinstance(layer, (layers.Concatenate, layers.Maximum, layers.Average))
    y = layer([x, layers.Rescaling(2.0)(x)] if takes_two else x)
    return keras.Model(x, layers.Activation("linear", name="end")(y))


def truly_seen(model, row, column):
    """The pixels whose gradient is not 0 for any of many images and weights, some of them negative."""
    rng = np.random.default_rng(0)
    x = ops.convert_to_tensor(rng.normal(size=(16, *model.input_shape[1:])).astype("float32"))
    weigh = ops.convert_to_tensor(rng.normal(size=model.output_shape[3]).astype("float32"))
    _, gradient = value_and_gradient(lambda x: ops.sum(model(x)[:, row, column] * weigh, axis=1), x)
    return np.argwhere(ops.convert_to_numpy(gradient).any(axis=(0, 3)))


# Which of rows and columns is seen where the layer is known: as a place alone, or whole.
LAYERS = {
    "LayerNormalization": (layers.LayerNormalization, "1x1"),
    "LayerNormalization, columns": (lambda: layers.LayerNormalization(axis=(2, 3)), "1x8"),
    "LayerNormalization, maps": (lambda: layers.LayerNormalization(axis=(1, 2, 3)), "6x8"),
    "RMSNormalization": (layers.RMSNormalization, "1x1"),
    "RMSNormalization, columns": (lambda: layers.RMSNormalization(axis=(2, 3)), "1x8"),
    "UnitNormalization": (layers.UnitNormalization, "1x1"),
    "UnitNormalization, rows": (lambda: layers.UnitNormalization(axis=-3), "6x1"),
    "Softmax": (layers.Softmax, "1x1"),
    "Softmax, columns": (lambda: layers.Softmax(axis=2), "1x8"),
    "Softmax, maps": (lambda: layers.Softmax(axis=(1, 2)), "6x8"),
    "ops.softmax": (lambda: lambda x: ops.softmax(x, axis=1), "6x1"),
    "GroupNormalization": (lambda: layers.GroupNormalization(2), "6x8"),
    "BatchNormalization, rows": (lambda: layers.BatchNormalization(axis=1), "1x1"),
    "LocalResponseNormalization": (own.LocalResponseNormalization, "1x1"),
    "Normalization": (lambda: layers.Normalization(mean=1.0, variance=4.0), "1x1"),
    "PReLU": (layers.PReLU, "1x1"),
    "Dense": (lambda: layers.Dense(3, activation="softmax"), "1x1"),
    "EinsumDense": (lambda: layers.EinsumDense("nhwc,hk->nkwc", (5, 8, 4)), "6x8"),
    "Maximum": (layers.Maximum, "1x1"),
    "Average": (layers.Average, "1x1"),
    "Concatenate": (layers.Concatenate, "1x1"),
    "Concatenate, rows": (lambda: layers.Concatenate(axis=1), "6x1"),
    "Concatenate, columns": (lambda: layers.Concatenate(axis=-2), "1x8"),
    "Conv2DTranspose, dilated": (lambda: layers.Conv2DTranspose(2, 2, dilation_rate=(3, 1)), "4x2"),
    "Conv2DTranspose, dilated, same": (lambda: layers.Conv2DTranspose(2, 3, dilation_rate=2, padding="same"), "5x5"),
    "Conv2DTranspose, output_padding": (
        lambda: layers.Conv2DTranspose(2, 3, strides=2, padding="same", output_padding=1),
        "6x8",
    ),
    "UpSampling2D": (lambda: layers.UpSampling2D((1, 3)), "1x1"),
    "UpSampling2D, bilinear": (lambda: layers.UpSampling2D(2, interpolation="bilinear"), "2x2"),
    "GlobalAveragePooling2D": (lambda: layers.GlobalAveragePooling2D(keepdims=True), "6x8"),
    "Permute": (lambda: layers.Permute((2, 1, 3)), "6x8"),
    "Reshape": (lambda: layers.Reshape((8, 6, 4)), "6x8"),
    "Resizing": (lambda: layers.Resizing(3, 5), "6x8"),
    "Lambda": (lambda: layers.Lambda(lambda x: ops.flip(x, axis=1)), "6x8"),
    "MultiHeadAttention": (lambda: lambda x: layers.MultiHeadAttention(1, 2, attention_axes=(1, 2))(x, x), "6x8"),
    "SqueezeAndExcitation": (lambda: own.SqueezeAndExcitation(2), "6x8"),
    "AtrousSpatialPyramidPooling2D": (
        lambda: own.AtrousSpatialPyramidPooling2D(2, rates=(1, 2)),
        "more, where padding is seen",
    ),
    "MaxPoolingWithIndices2D": (lambda: lambda x: own.MaxPoolingWithIndices2D()(x)[0], "2x2"),
    "MaxUnpooling2D": (lambda: lambda x: own.MaxUnpooling2D()(own.MaxPoolingWithIndices2D()(x)), "2x2"),
    "BedOfNails2D": (lambda: own.BedOfNails2D(2), "1x1"),
    "TopLeftPooling2D": (own.TopLeftPooling2D, "2x2"),
    "TrainableSubsampling": (own.TrainableSubsampling, "2x2"),
    "StochasticPooling2D": (own.StochasticPooling2D, "2x2"),
    "FractionalMaxPooling2D": (lambda: own.FractionalMaxPooling2D(1.4, seed=0), "6x8"),
    "PartiallyConnectedConv2D": (lambda: own.PartiallyConnectedConv2D(np.eye(4, dtype=int).tolist(), 3), "3x3"),
}


@pytest.mark.parametrize("name", LAYERS)
def test_nothing_is_seen_outside_the_field_of_any_layer(name):
    make, size = LAYERS[name]
    model = single(make())
    _, height, width, _ = model.output_shape
    for row in {0, height // 2, height - 1}:
        for column in {0, width // 2, width - 1}:
            field = receptive_field(model, "end", row, column)
            assert size in ("x".join(str(length) for length in field.size), "more, where padding is seen")
            try:
                seen = truly_seen(model, row, column)
            except ValueError as error:
                if "on this processor" not in str(error):
                    raise
                pytest.skip(str(error))
            for seen_row, seen_column in seen:
                assert field.top <= seen_row < field.bottom and field.left <= seen_column < field.right, (row, column)


def test_counting_and_looking_agree_on_every_layer():
    """Of one unit there is one receptive field."""
    for name, (make, _) in LAYERS.items():
        if name == "FractionalMaxPooling2D":
            continue  # its windows are drawn: a window is counted, and any place may be in it
        model = single(make())
        try:
            rows = count(model)
        except CountingError:  # an option that has weights of another shape
            continue
        _, height, width, _ = model.output_shape
        looked = receptive_field(model, "end", height // 2, width // 2).size
        assert all(a <= b for a, b in zip(looked, rows["end"].receptive_field, strict=True)), name
        if not any(part in name for part in ("Transpose", "UpSampling", "Unpooling", "Pyramid")):
            assert looked == rows["end"].receptive_field, name


def test_lenets_subsampling_sees_6x6():
    model = lenet5()
    assert receptive_field(model, "S2", 3, 3).size == count(model)["S2"].receptive_field == (6, 6)


def test_a_layer_that_several_models_use_is_looked_at_in_this_one():
    """In the one convolutions come before it, in the other a stride; and so it is with a model that both hold."""
    shared = layers.Conv2D(2, 3, name="end")
    inner = keras.Sequential([keras.Input((None, None, 2)), layers.Conv2D(2, 3, name="deep")])
    for first, size in ((layers.Conv2D(2, 3), (5, 5)), (layers.AveragePooling2D(2), (6, 6))):
        x = keras.Input((24, 30, 2))
        assert receptive_field(keras.Model(x, shared(first(x))), "end").size == size
        assert receptive_field(keras.Model(x, inner(first(x))), "deep").size == size


def test_a_layer_that_is_used_twice_is_looked_at_where_its_maps_come_from():
    """So that a patch holds all that made the answer."""
    x, twice = keras.Input((9, 11, 2)), layers.Conv2D(2, 3, name="twice")
    model = keras.Model(x, layers.Flatten()(twice(twice(x))))
    field = receptive_field(model, "twice", 1, 2)
    assert field == (1, 2, 6, 7)
    image = random_images(1, (9, 11, 2))
    seen = np.zeros_like(image)
    seen[:, field.top : field.bottom, field.left : field.right] = 1
    whole, cut = (activation_maps(model, some, "twice")[0, 1, 2] for some in (image, image * seen))
    np.testing.assert_allclose(whole, cut, rtol=1e-5)


def test_three_of_3x3_see_as_much_as_one_of_7x7():
    """Lecture L1; VGG."""
    three = chain(*(layers.Conv2D(2, 3) for _ in range(3)))
    assert receptive_field(three, "end").size == receptive_field(chain(layers.Conv2D(2, 7)), "end").size == (7, 7)


def test_a_layer_in_a_nested_model_is_seen_from_the_outside():
    inner = keras.Sequential([layers.Conv2D(2, 3, name="deep"), layers.ReLU()])
    model = chain(layers.AveragePooling2D(2), inner)
    assert receptive_field(model, "deep", 1, 2) == (2, 4, 8, 10)


def test_a_layer_that_is_not_known_sees_everything():
    class Strange(layers.Layer):
        def call(self, x):
            return x

    class Conv2D(layers.Conv2D):
        def call(self, x):
            return ops.flip(super().call(x), axis=1)

    for layer in (Strange(), Conv2D(2, 1)):
        assert receptive_field(chain(layer), "end", 3, 3) == (0, 0, 23, 31)


def test_what_cannot_be():
    model = chain(layers.Conv2D(2, 3, name="first"))
    with pytest.raises(ValueError, match="no layer 'frist'; near it are first"):
        receptive_field(model, "frist")
    with pytest.raises(ValueError, match="layer end has the rows 0 to 20, and received 21"):
        receptive_field(model, "end", 21, 0)
    free = keras.Sequential([keras.Input((None, None, 1)), layers.Conv2D(2, 3, strides=2, padding="same", name="c")])
    with pytest.raises(ValueError, match='c pads "same" with stride 2, so what it sees depends'):
        receptive_field(free, "c")
    x = keras.Input((None, None, 2), name="image")
    gate = layers.Multiply(name="gate")([x, layers.Reshape((1, 1, 2))(layers.GlobalMaxPooling2D(name="most")(x))])
    with pytest.raises(ValueError, match="what most sees depends on the image's size"):
        receptive_field(keras.Model(x, gate), "gate")
    with pytest.raises(ValueError, match="first has its channels first"):
        first = layers.ZeroPadding2D(1, data_format="channels_first", name="first")
        receptive_field(keras.Sequential([keras.Input((2, 9, 9)), first]), "first")
    with pytest.raises(ValueError, match=r"flat takes \[\(None, 36\)\], where one batch"):
        receptive_field(
            keras.Sequential([keras.Input((36,)), layers.Reshape((6, 6, 1), name="map")], name="flat"), "map"
        )
    with pytest.raises(ValueError, match="layer features gives"):
        receptive_field(convolutional(), "features")


def test_patches_give_the_activation_again():
    """A patch, alone and not at the border, makes the unit answer as it did."""
    model = keras.Sequential([keras.Input((12, 16, 1)), layers.Conv2D(3, (3, 5), name="c"), layers.Flatten()])
    images = random_images(7, (12, 16, 1))
    found = maximal_patches(model, images, "c", [2, 0], count=5)
    assert found.patches.shape == (2, 5, 3, 5, 1) and (np.diff(found.activations, axis=1) <= 0).all()
    kernel, bias = model.get_weights()
    for row, channel in enumerate([2, 0]):
        again = (found.patches[row] * kernel[..., channel]).sum(axis=(1, 2, 3)) + bias[channel]
        np.testing.assert_allclose(again, found.activations[row], rtol=1e-4, atol=1e-6)
        assert len(set(found.places[row, :, 0])) == 5


def test_a_patch_at_the_border_is_filled_with_0():
    model = keras.Sequential([keras.Input((6, 6, 1)), layers.Conv2D(1, 3, padding="same", name="c"), layers.Flatten()])
    model.set_weights([np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]]).reshape(3, 3, 1, 1), np.zeros(1)])
    images = np.zeros((1, 6, 6, 1), "float32")
    images[0, 0, 5] = 1
    found = maximal_patches(model, images, "c", count=1)
    assert found.places.tolist() == [[[0, 0, 5]]]
    assert found.patches[0, 0, ..., 0].tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]


def test_a_unit_that_sees_padding_alone_has_a_patch_of_it():
    maps = layers.Conv2D(1, 3, name="c", kernel_initializer=keras.initializers.Constant(-1.0))
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.ZeroPadding2D(6), maps, layers.Flatten()])
    found = maximal_patches(model, np.ones((1, 8, 8, 1)), "c", count=1)
    assert found.activations.item() == 0 and found.patches.shape == (1, 1, 3, 3, 1) and not found.patches.any()


def test_patches_that_cannot_be():
    with pytest.raises(ValueError, match="count is from 1 to the number of images, 3"):
        maximal_patches(convolutional(), random_images(), "second", count=4)
    with pytest.raises(ValueError, match="layer second has the channels 0 to 7"):
        maximal_patches(convolutional(), random_images(), "second", [8], count=1)
