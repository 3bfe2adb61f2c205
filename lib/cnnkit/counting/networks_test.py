"""The numbers of the lectures and papers, from the lists of specs."""

import pytest

from cnnkit.counting import NETWORKS, PUBLISHED, count


def test_alexnet_row_by_row():
    """Lecture L4's table: with biases 61,100,840 parameters, without those of fc6 to fc8 as it prints them."""
    table = count("alexnet_table", "lecture")
    layers = [row for row in table if row.kind in ("Conv2D", "Pooling2D")]
    assert [row.output[0] for row in layers] == [56, 27, 27, 13, 13, 13, 13, 6]
    assert [row.memory_kb for row in layers] == [784, 182.25, 546.75, 126.75, 253.5, 169, 169, 36]
    assert table["flatten"].memory_kb == 36
    assert [round(table[name].memory_kb, 2) for name in ("fc6", "fc7", "fc8")] == [16, 16, 3.91]
    macs = [round(row.macs.value / 1e6, 3) for row in table if row.macs.value]
    assert macs == [72.856, 223.949, 112.140, 149.520, 99.680, 37.749, 16.777, 4.096]
    assert [table[name].parameters.value for name in ("fc6", "fc7", "fc8")] == [37_748_736, 16_777_216, 4_096_000]
    table = count("alexnet_table")
    learned = [row.parameters.value for row in table if row.parameters.value]
    assert learned == [23_296, 307_392, 663_936, 884_992, 590_080, 37_752_832, 16_781_312, 4_097_000]
    assert table.total.parameters == 61_100_840 and round(table.total.macs / 1e6, 3) == 716.767


def test_alexnets_three_remarks():
    """Lecture L4: memory in early convolutions, parameters in full connections, operations in convolutions."""
    table = count("alexnet_table")
    names = [row.name for row in table]
    shares = {
        quantity: dict(zip(names, table.share(quantity), strict=True))
        for quantity in ("memory_kb", "parameters", "macs")
    }
    assert shares["memory_kb"]["conv1"] + shares["memory_kb"]["conv2"] > 0.5
    assert sum(shares["parameters"][name] for name in ("fc6", "fc7", "fc8")) == pytest.approx(0.96, abs=5e-4)
    assert sum(shares["macs"][f"conv{k}"] for k in range(1, 6)) == pytest.approx(0.918, abs=5e-4)


def test_alexnet_2012():
    """60,965,224 parameters; "650,000 neurons" recomputes to 659,272."""
    table = count("alexnet_2012")
    neurons = [row.output for row in table if row.kind in ("Conv2D", "Dense")]
    values = sum(size[0] if len(size) == 1 else size[0] * size[1] * size[2] for size in neurons)
    assert (table.total.parameters, values) == (60_965_224, 659_272)
    simple = count("alexnet_simplified")
    assert simple.total.parameters == 62_378_344
    assert simple["conv1"].output == (55, 55, 96) and simple["conv1"].parameters.value == 34_944
    assert simple["fc6"].parameters.value == 37_752_832


def test_what_removing_full_connections_saves():
    """Lecture L4: "16 million" for fc7, "50 million" for fc6 and fc7; the layers that are left stay as they are."""
    table = count("alexnet_table")
    saved = [table[name].parameters.value for name in ("fc6", "fc7")]
    assert (saved[1] // 10**6, sum(saved) // 10**6) == (16, 54)


def test_googlenets_stem():
    table = count(PUBLISHED["googlenet_stem"].network, "lecture")
    assert [row.memory_kb for row in table][1:] == [3136, 784, 784, 2352, 588]
    assert [row.parameters.value for row in table if row.parameters.value] == [9_472, 4_160, 110_784]
    assert table.total.parameters == 124_416 and round(table.total.operations / 1e6, 1) == 480.8
    whole = count("googlenet", "lecture")
    assert [whole[row.name].operations for row in table][1:] == [row.operations for row in table][1:]


def test_googlenets_stem_against_vggs():
    """What lecture L4 gives as 5.7, 8.9 and 17.8 times as much is 6.9, 13.9 and 19.4."""
    stem = count(PUBLISHED["googlenet_stem"].network, "lecture").total
    vgg = count(PUBLISHED["vgg16_stem"].network).total
    assert (round(vgg.memory_kb / 1024, 1), vgg.parameters, vgg.macs // 10**6) == (51.3, 1_735_488, 9335)
    ratios = vgg.memory_kb / stem.memory_kb, vgg.parameters / stem.parameters, vgg.macs / stem.operations
    assert [round(ratio, 1) for ratio in ratios] == [6.9, 13.9, 19.4]


@pytest.mark.parametrize(
    ("network", "gmac"), [("resnet50", 3.86), ("vgg16", 15.47), ("resnext50", 4.24), ("se_resnet50", 3.87)]
)
def test_senets_table(network, gmac):
    """Lecture L4's table of SENet, whose GFLOPs are multiply-adds, the sums of residuals among them."""
    published = PUBLISHED[network]
    assert round(count(published.network, published.convention).total.operations / 1e9, 2) == gmac


def test_what_squeeze_and_excitation_costs():
    """2,530,992 parameters for 0.07 % more multiply-adds (Hu et al., section 5: 0.26 % with all that they count)."""
    plain, squeezed = count("resnet50").total, count("se_resnet50").total
    assert squeezed.parameters - plain.parameters == 2_530_992
    assert squeezed.macs / plain.macs - 1 == pytest.approx(0.00065, abs=5e-5)


def test_separable_against_full():
    """Lectures L3 and L4: 72 weights for 162, and the share 1/N + 1/k^2."""
    full, separable = (count(PUBLISHED[f"convolution_{kind}"].network).total for kind in ("full", "separable"))
    assert (full.weights, separable.weights) == (162, 72)
    assert separable.weights / full.weights == pytest.approx(1 / 3 + 1 / 9)


def test_lenet5():
    """LeCun et al., 1998, section II.B: 156, 12, 1,516, 32, 48,120, 10,164; lecture L2."""
    table = count("lenet5")
    learned = [table[name].parameters.value for name in ("C1", "S2", "C3", "S4", "C5", "F6", "output")]
    assert learned == [156, 12, 1_516, 32, 48_120, 10_164, 0]
    connections = table["C1"].macs.value + 28 * 28 * 6
    assert connections == 122_304  # the paper's connections count a bias each


def test_mnist_l1():
    table = count("mnist_l1")
    assert [row.output[0] for row in table if len(row.output) == 3][1:] == [26, 13, 11, 5]
    assert table["flatten"].output == (1250,)
    assert [row.parameters.value for row in table if row.parameters.value] == [250, 11_300, 125_100, 1_010]


def test_unet():
    table = count("unet")
    assert table[-1].output == (388, 388, 2) and table.total.parameters == 31_030_658
    assert table["bottom_second"].output == (28, 28, 1024)


@pytest.mark.parametrize("network", NETWORKS)
def test_every_formula_is_its_value(network):
    for row in count(network, "flop"):
        for formula in (row.weights, row.biases, row.fixed, row.macs, row.flops):
            assert eval(formula.text.replace("·", "*")) == formula.value
