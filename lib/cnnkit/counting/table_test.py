import re

import pytest

from cnnkit.counting import CountingError, count
from cnnkit.counting.specs import Conv2D, Dense, Flatten, Input, Pooling2D

NETWORK = [Input((9, 7, 3)), Conv2D(4, 3, name="<conv>"), Pooling2D(2), Flatten(), Dense(5)]


def test_rows_by_name_and_by_number():
    table = count(NETWORK)
    assert [row.name for row in table] == ["input", "<conv>", "pooling2d", "flatten", "dense"]
    assert table[1] is table["<conv>"] and table[-1].output == (5,) and len(table[1:3]) == 2
    with pytest.raises(CountingError, match="no layer is called 'conv9'; there are input, <conv>"):
        table["conv9"]


@pytest.mark.parametrize("quantity", ["memory_kb", "parameters", "macs", "flops", "operations"])
def test_shares_are_of_the_total(quantity):
    table = count("alexnet_table", "flop")
    shares = table.share(quantity)
    assert sum(shares) == pytest.approx(1) and min(shares) >= 0
    amount = getattr(table["conv2"], quantity)
    assert shares[3] == pytest.approx(getattr(amount, "value", amount) / getattr(table.total, quantity))


def test_shares_of_nothing_are_zero():
    assert count([Input((9, 7, 3)), Flatten()]).share("macs") == [0, 0]


def test_share_names_what_it_knows():
    with pytest.raises(CountingError, match="share takes memory_kb, .* received 'memory'"):
        count(NETWORK).share("memory")


def test_the_total_is_the_sum():
    table = count(NETWORK, "flop")
    for quantity in ("weights", "biases", "fixed", "macs", "flops", "operations"):
        assert getattr(table.total, quantity) == sum(getattr(row, quantity).value for row in table)
    assert table.total.memory_kb == (7 * 5 * 4 + 3 * 2 * 4 + 5) * 4 / 1024


def test_text_has_a_line_a_row():
    lines = repr(count(NETWORK)).splitlines()
    assert len(lines) == 1 + 5 + 1 and lines[0].startswith("layer") and lines[-1].startswith("total")
    assert lines[2].endswith("4·7·5 · 3·3·3 = 3,780")
    assert lines[3].index("Pooling2D") == lines[0].index("kind")


def test_html_has_the_same_cells():
    table = count(NETWORK)
    page = table._repr_html_()
    assert "<conv>" not in page and "&lt;conv&gt;" in page
    cells = [re.sub(r"<.*?>", "", cell) for cell in re.findall(r"<t[dh].*?</t[dh]>", page)]
    assert cells == [cell.replace("<", "&lt;").replace(">", "&gt;") for line in table.cells() for cell in line]
