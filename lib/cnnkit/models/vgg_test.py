import pytest

from cnnkit.models import vgg16, vgg19
from cnnkit.models.testing import parameters, shape, without_weights


@pytest.mark.parametrize(("network", "count"), [(vgg16, 138_357_544), (vgg19, 143_667_240)])
def test_parameters(network, count):
    """Simonyan and Zisserman, table 2: 138 and 144 million; torchvision's vgg16 and vgg19 to the last."""
    with without_weights():
        model = network()
    assert parameters(model) == (count, 0)
    assert [shape(model, f"block{k}_pool") for k in range(1, 6)] == [
        (112, 112, 64),
        (56, 56, 128),
        (28, 28, 256),
        (14, 14, 512),
        (7, 7, 512),
    ]
