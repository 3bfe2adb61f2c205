import numpy as np
import pytest

from cnnkit.models import deconvnet
from cnnkit.models.testing import parameters, shape, without_weights


def test_parameters_and_sizes():
    """Noh et al., section 4.3, 252 million; table of the supplement, the sizes."""
    with without_weights():
        model = deconvnet()
    trainable, moving = parameters(model)
    assert (trainable, moving) == (251_801_429, 33_408) and round(trainable / 1e6) == 252
    assert [shape(model, f"{name}_activation") for name in ("fc6", "fc7", "fc6_back")] == [
        (1, 1, 4096),
        (1, 1, 4096),
        (7, 7, 512),
    ]
    edges = [14, 28, 56, 112, 224]
    assert [shape(model, f"unpool{stage}")[0] for stage in range(5, 0, -1)] == edges
    ends = ("decoder5_3", "decoder4_3", "decoder3_3", "decoder2_2", "decoder1_2")
    maps = [512, 256, 128, 64, 64]
    assert [shape(model, f"{end}_activation") for end in ends] == list(zip(edges, edges, maps, strict=True))


def test_the_way_back_mirrors_the_way_down():
    """Both of its large layers have the same number of weights: 7 x 7 x 512 x 4096."""
    with without_weights():
        model = deconvnet()
    sizes = {int(np.prod(model.get_layer(name).kernel.shape)) for name in ("fc6", "fc6_back")}
    assert sizes == {7 * 7 * 512 * 4096}


def test_the_smallest_input():
    with pytest.raises(ValueError, match="multiples of 32 from 224 on, and received .* nearest to 192: 224"):
        deconvnet(3, (192, 224, 3))
