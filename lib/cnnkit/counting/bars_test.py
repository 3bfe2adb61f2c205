import pytest

from cnnkit.counting import alternative_text, bars, count
from cnnkit.counting._bars import MOST_BARS


def names_of(figure):
    return [label.get_text() for label in figure.axes[0].get_yticklabels()]


@pytest.mark.parametrize("network", ["alexnet_table", "googlenet", "resnet50", "densenet121", "unet"])
def test_the_bars_are_the_whole_network(network):
    """Grouped or not, nothing is lost."""
    table = count(network, "flop")
    total = table.total
    expected = [total.memory_kb, total.parameters / 1e3, total.operations / 1e6]
    figure = bars(table)
    assert [sum(bar.get_width() for bar in axes.patches) for axes in figure.axes] == pytest.approx(expected)
    assert len(set(names_of(figure))) == len(names_of(figure)) <= MOST_BARS


def test_a_bar_for_each_layer_of_a_small_network():
    figure = bars(count("alexnet_table", "lecture"))
    assert names_of(figure) == [
        "conv1",
        "pool1",
        "conv2",
        "pool2",
        "conv3",
        "conv4",
        "conv5",
        "pool5",
        "flatten",
        "fc6",
        "fc7",
        "fc8",
    ]
    first, _, last = figure.axes
    assert first.get_ylim()[0] > first.get_ylim()[1], "the first layer is on top"
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        "convolution",
        "fully connected",
        "pooling",
        "other",
    ]
    assert last.get_title() == "million multiply-adds"
    assert bars(count("alexnet_table", "flop")).axes[2].get_title() == "million FLOPs"


def test_layers_of_a_block_share_a_bar():
    names = names_of(bars(count("resnet50")))
    assert names[3:5] == ["stage1_block1", "stage1_block2"] and names[-1] == "output"


def test_the_alternative_text_names_the_largest():
    text = alternative_text(count("alexnet_table", "lecture"))
    assert text == (
        "Three bar charts with 12 bars each. Most of each sits in memory: conv1 34%, conv2 23%, conv3 11%; "
        "parameters: fc6 62%, fc7 27%, fc8 7%; operations: conv2 31%, conv4 21%, conv3 16%."
    )


def test_the_table_draws_itself():
    assert len(count("lenet5").picture().axes) == 3
