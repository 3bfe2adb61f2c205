import keras
import numpy as np
import pytest

from cnnkit.augment import RandomColorCast


def changes(images, **arguments):
    """What each image's channels were changed by, (batch, channels)."""
    change = keras.ops.convert_to_numpy(RandomColorCast(seed=0, **arguments)(images)) - images
    np.testing.assert_allclose(change, np.broadcast_to(change[:, :1, :1], change.shape), atol=1e-4)
    return change[:, 0, 0]


def test_half_of_the_channels_change_each_by_a_number_of_its_own():
    images = np.random.default_rng(0).uniform(100, 150, (500, 3, 4, 3)).astype("float32")
    change = changes(images)
    changed = np.abs(change) > 1e-4
    assert 600 < changed.sum() < 900
    assert 18 < change.max() <= 20.001 and -20.001 <= change.min() < -18 and abs(change[changed].mean()) < 2
    assert len(np.unique(change[changed].round(3))) > 0.9 * changed.sum()


def test_the_amount_is_a_part_of_the_range():
    change = changes(np.full((300, 1, 1, 1), 0.5, "float32"), amount=0.25, value_range=(0, 1))
    assert 0.24 < np.abs(change).max() <= 0.2501


def test_values_stay_in_their_range():
    images = np.array([-1.0, 1.0], "float32").reshape(1, 1, 2, 1).repeat(100, axis=0)
    output = keras.ops.convert_to_numpy(RandomColorCast(1.0, value_range=(-1, 1), seed=0)(images))
    assert output.min() == -1 and output.max() == 1


@pytest.mark.parametrize(
    "wrong", [{"amount": -0.1}, {"amount": 1.5}, {"value_range": (1, 1)}, {"value_range": (0, 1, 2)}]
)
def test_impossible_arguments_are_named(wrong):
    with pytest.raises(ValueError, match="and received"):
        RandomColorCast(**wrong)
