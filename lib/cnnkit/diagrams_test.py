import keras
import pytest
from matplotlib.patches import FancyArrowPatch

from cnnkit import blocks
from cnnkit.diagrams import draw


def built(block):
    x = keras.Input((28, 28, 64))
    if block == "inception":
        return keras.Model(x, blocks.inception(x, 8, 4, 8, 4, 8, 8))
    if block == "residual":
        return keras.Model(x, blocks.residual_basic(x, 64))
    return keras.Model(x, blocks.dense_block(x, 3, 8))


@pytest.mark.parametrize("block", ["inception", "residual", "dense"])
def test_a_box_for_each_layer_and_an_arrow_for_each_edge(block):
    model = built(block)
    axes = draw(model).axes[0]
    assert len(axes.texts) == len(model.layers)
    inputs = sum(len(keras.tree.flatten(layer.input)) for layer in model.layers[1:])
    arrows = [patch for patch in axes.patches if isinstance(patch, FancyArrowPatch)]
    assert len(arrows) == inputs
    boxes = {text.get_position(): text.get_text() for text in axes.texts}
    assert len(boxes) == len(model.layers), "no two boxes at one place"
    for layer in model.layers[1:]:
        name = type(layer).__name__
        size = " x ".join(map(str, layer.output.shape[1:]))
        assert any(text.startswith(name) and text.endswith(size) for text in boxes.values())


def test_arrows_go_down():
    axes = draw(built("dense")).axes[0]
    for arrow in axes.patches:
        (_, start), (_, end) = arrow._posA_posB
        assert start < end


def test_a_layer_used_twice_has_two_boxes():
    x = keras.Input((4, 4, 2))
    shared = keras.layers.ReLU()
    model = keras.Model(x, shared(shared(x)))
    axes = draw(model).axes[0]
    assert len(axes.texts) == 3 and len(axes.patches) == 2


def test_a_sequential_model():
    model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(4, 3, strides=2)])
    assert [text.get_text() for text in draw(model).axes[0].texts] == ["Input\n8 x 8 x 3", "Conv2D 3x3 /2\n3 x 3 x 4"]


def test_a_model_without_a_graph_is_named():
    class Own(keras.Model):
        pass

    with pytest.raises(ValueError, match="functional model.* received Own"):
        draw(Own())


def drawn_width(dpi):
    """How far to the right an arrow around boxes goes, in inches from where it begins."""
    x = keras.Input((4, 4, 2))
    figure = draw(keras.Model(x, keras.layers.Add()([x, keras.layers.ReLU()(keras.layers.ReLU()(x))])))
    figure.set_dpi(dpi)
    figure.canvas.draw()
    paths = [arrow._get_path_in_displaycoord()[0][0] for arrow in figure.axes[0].patches]
    return max(path.vertices[:, 0].max() - path.vertices[:, 0].min() for path in paths) / dpi


def test_an_arrow_goes_around_boxes_as_far_at_every_resolution():
    assert drawn_width(200) == pytest.approx(drawn_width(72), rel=0.1)
    assert drawn_width(72) > 0.3
