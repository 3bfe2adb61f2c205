import re
from dataclasses import replace

import pytest

from cnnkit.counting import FLOP, LECTURE, PUBLISHED, CountingError, count, diff
from cnnkit.counting.columns import COLUMNS
from cnnkit.counting.specs import Conv2D, Dense, Flatten, Input, Pooling2D

# What the lectures print wrong, with what is right, as a name of a table, layer, column.
ERRATA = {
    ("alexnet_table", "conv4", "flop_m"): "149.52",
    ("googlenet_stem", "total", "flop_m"): "480.84",
    ("vgg16_stem", "total", "memory_mb"): "51.297",
    ("vgg16_stem", "total", "params_m"): "1.735",
    ("vgg16_stem", "total", "flop_m"): "9,335.14",
    ("googlenet_tail", "fc", "memory_kb"): "3.91",
}


def test_the_errata_and_no_others():
    found = {(name, d.layer, d.column): d.right for name in PUBLISHED for d in diff(name)}
    assert found == ERRATA


def test_biases_left_out_of_full_connections():
    """With them, the same tables have wrong parameters in each fully connected layer, and GoogLeNet's has none."""
    with_bias = replace(LECTURE, name="lecture with bias", dense_bias=True)
    wrong = {
        (name, d.layer): (d.printed, d.right)
        for name in ("alexnet_table", "vgg16_tail", "googlenet_tail")
        for d in diff(name, with_bias)
        if d.column == "params_k"
    }
    assert wrong == {
        ("alexnet_table", "fc6"): ("37,749", "37,752.83"),
        ("alexnet_table", "fc7"): ("16,777", "16,781.31"),
        ("alexnet_table", "fc8"): ("4,096", "4,097"),
        ("vgg16_tail", "fc6"): ("102760", "102,764.54"),
        ("vgg16_tail", "fc7"): ("16777", "16,781.31"),
        ("vgg16_tail", "fc8"): ("4096", "4,097"),
    }


def test_flops_are_twice_what_the_tables_print():
    """What L4 and SENet's table call FLOPs are multiply-adds."""
    for name in ("resnet50", "resnext50", "se_resnet50", "vgg16"):
        (wrong,) = diff(name, FLOP)
        assert 1.99 < float(wrong.right) / float(wrong.printed) < 2.05


def test_every_printed_column_is_known():
    for published in PUBLISHED.values():
        table = count(published.network, published.convention)
        assert set(published.cells) <= {row.name for row in table}
        assert {name for cells in published.cells.values() for name in cells} <= COLUMNS.keys()


NETWORK = [
    Input((227, 227, 3)),
    Conv2D(64, 11, 4, pad=2, name="conv1"),
    Pooling2D(3, 2, name="pool1"),
    Flatten(name="flatten"),
    Dense(10, name="fc"),
]


@pytest.mark.parametrize(
    ("printed", "holds"),
    [
        ("72.9", True),
        ("72.8", False),
        ("73", True),
        ("72", False),
        ("72.86", True),
        ("72.855552", True),
        (72.85, False),
    ],
)
def test_the_precision_is_that_of_the_print(printed, holds):
    """72.855552 million."""
    assert (not diff({"conv1": {"flop_m": printed}}, network=NETWORK)) == holds


@pytest.mark.parametrize(("printed", "holds"), [("182", True), ("182.2", True), ("182.3", True), ("183", False)])
def test_half_a_unit_is_right_both_ways(printed, holds):
    """182.25 KB."""
    assert (not diff({"pool1": {"memory_kb": printed}}, network=NETWORK)) == holds


def test_every_column():
    right = {
        "conv1": {
            "in_channels": 3,
            "in_size": 227,
            "filters": 64,
            "kernel": 11,
            "stride": 4,
            "pad": 2,
            "out_channels": 64,
            "out_size": 56,
            "memory_kb": 784,
            "memory_mb": "0.77",
            "weights": "23,232",
            "biases": 64,
            "params": "23,296",
            "params_k": 23.3,
            "params_m": "0.023",
            "macs": 72855552,
            "operations": "72,855,552",
            "flop_m": "73",
            "flop_g": "0.07",
        },
        "total": {"params": 23_296 + 64 * 27 * 27 * 10 + 10, "memory_kb": "966.3"},
    }
    assert right["conv1"].keys() == COLUMNS.keys()
    assert not diff(right, network=NETWORK)
    wrong = {layer: dict.fromkeys(cells, "99999.9") for layer, cells in right.items()}
    assert len(diff(wrong, network=NETWORK)) == len(COLUMNS) + 2


def test_what_a_layer_has_not_is_wrong():
    (wrong,) = diff({"pool1": {"filters": "64", "kernel": "3"}}, network=NETWORK)
    assert (wrong.column, wrong.right) == ("filters", "none")
    assert [d.column for d in diff({"total": {"kernel": "3"}}, network=NETWORK)] == ["kernel"]


def test_the_reason_is_shown():
    wrong = diff({"conv1": {"out_size": "55", "memory_kb": "756", "params": "23232"}}, network=NETWORK)
    assert [d.formula for d in wrong] == [
        "floor((227 + 2·2 - 11) / 4) + 1 = 56",
        "64·56·56 · 4 / 1024 = 784.00",
        "64·3·11·11 + 64 = 23,296",
    ]


def test_text():
    text = repr(diff({"conv1": {"out_size": "55"}, "pool1": {"out_size": "27"}}, network=NETWORK)).splitlines()
    assert text[:2] == ['table, counted by "mac":', "1 of 2 cells is wrong"]
    assert text[3].split()[:5] == ["conv1", "output", "H/W", "55", "56"]
    assert repr(diff({"pool1": {"out_size": "27"}}, network=NETWORK)).endswith("none of 1 cells is wrong")


def test_html_marks_the_wrong_cells_by_sign_and_colour():
    page = diff("alexnet_table")._repr_html_()
    cells = re.findall(r"<td.*?</td>", page)
    marked = [cell for cell in cells if "background" in cell]
    assert marked == [cell for cell in cells if "&#x2717;" in cell] and len(marked) == 1
    assert "<del>145</del> <strong>149.52</strong>" in marked[0] and "149,520,384" in marked[0]
    assert len(cells) == 12 * 11


def test_html_escapes_what_others_wrote():
    page = diff({"<b>": {"out_size": "55"}}, network=[Input((9, 9, 3)), Conv2D(2, 3, name="<b>")])._repr_html_()
    assert "<b>" not in page and "&lt;b&gt;" in page


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("resnet",), "table 'resnet' is unknown; there are alexnet_table, "),
        (({"conv1": {"out_size": "55"}},), "needs the network"),
        ((3,), "diff takes the name of a published table, .* received 3"),
        (({"conv1": "55"},), "diff takes the name"),
        (({"conv9": {"out_size": "55"}}, None, NETWORK), "no layer is called 'conv9'; there are input, conv1"),
        (
            ({"conv1": {"size": "55"}}, None, NETWORK),
            "column 'size' of layer 'conv1' is unknown; there are in_channels",
        ),
        (({"conv1": {"out_size": "many"}}, None, NETWORK), "column 'out_size' of layer 'conv1' is no number: 'many'"),
        (({"conv1": {"out_size": "nan"}}, None, NETWORK), "is no number: 'nan'"),
    ],
)
def test_what_it_cannot_compare_is_named(arguments, message):
    with pytest.raises(CountingError, match=message):
        diff(*arguments)
