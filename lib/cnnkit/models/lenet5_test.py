import keras
import numpy as np
import pytest

from cnnkit.models import LENET5_C3, lenet5
from cnnkit.models.digit_codes import digit_codes


def parameters(model):
    return {layer.name: layer.count_params() for layer in model.layers if layer.count_params()}


@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 32, 1)])
def test_the_papers_60000_trainable_parameters(shape):
    model = lenet5(input_shape=shape)
    assert parameters(model) == {"C1": 156, "S2": 12, "C3": 1516, "S4": 32, "C5": 48120, "F6": 10164}
    assert sum(int(np.prod(weight.shape)) for weight in model.trainable_weights) == 60_000


def test_61706_with_a_full_c3_and_plain_pooling():
    model = lenet5(original=False)
    assert parameters(model) == {"C1": 156, "C3": 2416, "C5": 48120, "F6": 10164, "output": 850}
    assert model.count_params() == 61_706


@pytest.mark.parametrize("original", [True, False])
def test_the_papers_sizes(original):
    sizes = {layer.name: tuple(layer.output.shape[1:]) for layer in lenet5(original=original).layers}
    assert [sizes[name] for name in ("C1", "S2", "C3", "S4", "C5", "F6", "output")] == [
        (28, 28, 6),
        (14, 14, 6),
        (10, 10, 16),
        (5, 5, 16),
        (1, 1, 120),
        (84,),
        (10,),
    ]


def test_padding_28_equals_an_image_of_32():
    image = np.random.default_rng(0).random((2, 28, 28, 1), dtype="float32")
    small, large = lenet5(), lenet5(input_shape=(32, 32, 1))
    large.set_weights(small.get_weights())
    padded = np.pad(image, [(0, 0), (2, 2), (2, 2), (0, 0)])
    np.testing.assert_allclose(large.predict(padded, verbose=0), small.predict(image, verbose=0), rtol=1e-4, atol=1e-4)


def test_table_i_as_the_paper_describes_it():
    """Six maps see three neighbours, six see four, three see four in two pairs, one sees all."""
    columns = [{row for row in range(6) if LENET5_C3[row][column]} for column in range(16)]

    def neighbours(count):
        return [{(first + k) % 6 for k in range(count)} for first in range(6)]

    assert columns[:6] == neighbours(3) and columns[6:12] == neighbours(4)
    assert all(len(c) == 4 and c == {(k + 3) % 6 for k in c} for c in (columns[12], columns[13], columns[14]))
    assert columns[15] == set(range(6)) and len({frozenset(c) for c in columns}) == 16


def test_codes_are_ten_different_bitmaps():
    codes = digit_codes()
    assert codes.shape == (10, 84) and set(np.unique(codes)) == {-1.0, 1.0}
    differing = (codes[:, None] != codes[None]).sum(axis=2)
    assert (differing + 84 * np.eye(10, dtype=int)).min() >= 10


@pytest.mark.parametrize("original", [True, False])
def test_it_learns(original):
    keras.utils.set_random_seed(0)
    model = lenet5(classes=4, original=original)
    labels = np.arange(32) % 4
    images = np.random.default_rng(0).random((32, 28, 28, 1), dtype="float32") * 0.2
    for image, label in zip(images, labels, strict=True):
        image[7 * label : 7 * label + 7] += 0.8
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=original)
    model.compile(keras.optimizers.Adam(3e-3), loss=loss, metrics=["accuracy"])
    model.fit(images, labels, batch_size=32, epochs=15, verbose=0)
    assert model.evaluate(images, labels, verbose=0)[1] == 1.0


def test_save_and_load(tmp_path):
    model = lenet5()
    model.save(tmp_path / "lenet5.keras")
    again = keras.saving.load_model(tmp_path / "lenet5.keras")
    image = np.random.default_rng(1).random((1, 28, 28, 1), dtype="float32")
    np.testing.assert_array_equal(again.predict(image, verbose=0), model.predict(image, verbose=0))


@pytest.mark.parametrize(
    "arguments", [{"input_shape": (28, 28, 3)}, {"input_shape": (30, 30, 1)}, {"classes": 11}, {"classes": 0}]
)
def test_what_it_cannot_build_is_named(arguments):
    with pytest.raises(ValueError, match="received"):
        lenet5(**arguments)


def test_the_dense_output_takes_more_classes():
    assert lenet5(classes=26, original=False).output_shape == (None, 26)
