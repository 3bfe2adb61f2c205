from cnnkit.models import densenet121
from cnnkit.models.testing import parameters, shape, without_weights


def test_parameters_and_sizes():
    """torchvision's densenet121 has 7,978,856; Huang et al., table 1, has the sizes."""
    with without_weights():
        model = densenet121()
    assert parameters(model) == (7_978_856, 83_648)
    ends = {"conv2_block6": (56, 256), "conv3_block12": (28, 512), "conv4_block24": (14, 1024)}
    for block, (edge, channels) in ends.items():
        assert shape(model, f"{block}_concat") == (edge, edge, channels)
    assert shape(model, "relu") == (7, 7, 1024)
