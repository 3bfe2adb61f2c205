import pytest

from cnnkit.models import mobilenet
from cnnkit.models.testing import parameters, shape, without_weights


@pytest.mark.parametrize(("width", "millions"), [(1.0, 4.2), (0.75, 2.6), (0.5, 1.3), (0.25, 0.5)])
def test_parameters(width, millions):
    """Howard et al., tables 6 and 7: 4.2, 2.6, 1.3 and 0.5 million for these width multipliers."""
    with without_weights():
        model = mobilenet(width=width)
    trainable, moving = parameters(model)
    assert round(trainable / 1e6, 1) == millions
    if width == 1:
        assert (trainable, moving) == (4_231_976, 21_888)


def test_the_papers_sizes():
    """Table 1."""
    with without_weights():
        model = mobilenet()
    sizes = [(112, 64), (56, 128), (56, 128), (28, 256), (28, 256), *[(14, 512)] * 6, (7, 1024), (7, 1024)]
    assert [shape(model, f"conv_pw_{k}_relu") for k in range(1, 14)] == [(edge, edge, maps) for edge, maps in sizes]
