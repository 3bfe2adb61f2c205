import numpy as np
import pytest

from cnnkit.models import deeplabv3plus
from cnnkit.models.testing import images_for, randomize, run, shape, without_weights


def test_sizes():
    """Chen et al. 2018, figure 2: features at a sixteenth, joined with others at a quarter."""
    with without_weights():
        model = deeplabv3plus(width=1, input_shape=(512, 512, 3))
    assert shape(model, "stage1_block2_output") == (128, 128, 64)
    assert shape(model, "stage4_block2_output") == (32, 32, 512)
    assert shape(model, "pyramid") == (32, 32, 256) and shape(model, "fine_conv") == (128, 128, 48)
    assert shape(model, "concatenate") == (128, 128, 256 + 48) and shape(model, "scores") == (128, 128, 21)


def test_it_is_of_a_size_for_a_cpu():
    with without_weights():
        model = deeplabv3plus()
        assert model.count_params() < 1_000_000
    assert model.output_shape == (None, 128, 128, 21)


@pytest.mark.parametrize("part", ["pyramid_upsample", "fine_activation"])
def test_both_ways_to_the_decoder_are_used(part):
    model = deeplabv3plus(3, (32, 48, 3), width=1 / 8, rates=(1, 2))
    randomize(model, 0.3)
    images = images_for(model, 1)
    base = run(model, images)
    layer = model.get_layer("decoder_first_depthwise_conv")
    kernel = layer.get_weights()[0]
    coarse = shape(model, "pyramid")[-1]
    kernel[:, :, np.s_[:coarse] if part == "pyramid_upsample" else np.s_[coarse:]] = 0
    layer.set_weights([kernel])
    assert np.abs(run(model, images) - base).max() > 1e-4


def test_the_last_stage_is_dilated_instead_of_halved():
    with without_weights():
        model = deeplabv3plus()
    assert model.get_layer("stage4_block1_first_conv").dilation_rate == (2, 2)
    assert shape(model, "stage4_block2_output")[:2] == shape(model, "stage3_block2_output")[:2]


def test_sizes_that_fit_are_named():
    with pytest.raises(ValueError, match=r"multiples of 16 .* received \(100, 96, 3\); nearest to 100: 96 and 112"):
        deeplabv3plus(3, (100, 96, 3))
