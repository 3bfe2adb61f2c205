import pytest

from cnnkit.layers import SqueezeAndExcitation
from cnnkit.models import resnet18, resnet50, resnext50, se_resnet50
from cnnkit.models.testing import parameters, shape, without_weights

# Without moving statistics. torchvision's resnet18 and resnext50_32x4d; its resnet50 has 25,557,032,
# and Keras's a bias more for each of 26,560 filters. SE-ResNet-50: Hu et al., section 5, 2.53 million
# (2,514,944 weights, 16,048 biases) above ResNet-50, the numbers of Cadene's pretrained models.
TRAINABLE = {
    resnet18: 11_689_512,
    resnet50: 25_557_032 + 26_560,
    resnext50: 25_028_904,
    se_resnet50: 25_557_032 + 2_530_992,
}
MOVING = {resnet18: 9_600, resnet50: 53_120, resnext50: 68_224, se_resnet50: 53_120}


@pytest.mark.parametrize("network", TRAINABLE)
def test_parameters(network):
    with without_weights():
        model = network()
    assert parameters(model) == (TRAINABLE[network], MOVING[network])


def test_what_squeeze_and_excitation_adds():
    with without_weights():
        added = [layer.count_params() for layer in se_resnet50().layers if isinstance(layer, SqueezeAndExcitation)]
    assert len(added) == 16 and sum(added) == 2_530_992


@pytest.mark.parametrize(
    ("network", "channels", "last"), [(resnet18, 64, 2), (resnext50, 256, 3), (se_resnet50, 256, 3)]
)
def test_the_papers_sizes(network, channels, last):
    """Table 1 of both papers: 112, 56, 56, 28, 14, 7."""
    with without_weights():
        model = network()
    assert shape(model, "stem_conv") == (112, 112, 64) and shape(model, "stem_pool") == (56, 56, 64)
    for stage, edge in enumerate((56, 28, 14, 7), 1):
        assert shape(model, f"stage{stage}_block1_output") == (edge, edge, channels * 2 ** (stage - 1))
    assert shape(model, f"stage4_block{last}_output") == shape(model, "stage4_block1_output")


def test_resnext_is_32x4d():
    with without_weights():
        model = resnext50()
    convolutions = [model.get_layer(f"stage{stage}_block1_middle_conv") for stage in range(1, 5)]
    assert [conv.groups for conv in convolutions] == [32] * 4
    assert [tuple(conv.kernel.shape) for conv in convolutions] == [(3, 3, d, 32 * d) for d in (4, 8, 16, 32)]
