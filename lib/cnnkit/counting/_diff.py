"""A published table against the truth, cell by cell."""

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from cnnkit.counting._count import Network, count
from cnnkit.counting.columns import COLUMNS, Column, Truth
from cnnkit.counting.conventions import Convention
from cnnkit.counting.errors import CountingError
from cnnkit.counting.published import PUBLISHED, Cells, Published

TOTAL = "total"
WRONG = "background:#f9d9c8;color:#000"


def diff(
    published: str | Published | Cells,
    convention: str | Convention | None = None,
    network: Network | None = None,
) -> "Diff":
    """The cells of a table that are not true at the precision with which they are printed.

    A cell is true within half a unit of its last digit: "785" for 784.6, and not for 784.4.

    Args:
        published: a name in PUBLISHED, a `Published`, or a dict {layer: {column: printed}} of texts or numbers; "total"
            may be among the layers. The columns are those of `cnnkit.counting.columns`.
        convention: of the truth; the table's own where None, "mac" for a dict.
        network: what a dict is about, as for `count`.

    Returns:
        A `Diff`.

    Raises:
        CountingError: for unknown layers and columns, and for cells that are no numbers.

    Example:

    >>> print(diff("alexnet_table"))
    AlexNet, layer by layer (lecture L4, computation of hyperparameters in AlexNet), counted by "lecture":
    1 of 109 cells is wrong
    layer  column    printed  right   because
    conv4  flop (M)  145      149.52  256·13·13 · 384·3·3 = 149,520,384
    """
    table = _published(published, convention, network)
    truth = count(table.network, convention or table.convention)
    lines = {**table.cells, **({TOTAL: table.totals} if table.totals else {})}
    wrong = [
        Difference(layer, column, str(printed), value, because)
        for layer, cells in lines.items()
        for column, printed in cells.items()
        for value, because in [_truth(truth, layer, column)]
        if not _holds(layer, column, str(printed), value)
    ]
    heading = f"{table.title} ({table.source})" if table.source else table.title
    return Diff(f'{heading}, counted by "{truth.convention.name}"', lines, wrong)


@dataclass(frozen=True)
class Difference:
    """A wrong cell: what is printed, what is right, and why.

    Args:
        layer, column: where it is.
        printed: its text.
        truth: what is right, None where the layer has no such thing.
        formula: why.
    """

    layer: str
    column: str
    printed: str
    truth: Fraction | None
    formula: str

    @property
    def right(self) -> str:
        """The truth with two more digits than are printed."""
        if self.truth is None:
            return "none"
        places = max(-_decimal(self.printed).as_tuple().exponent, 0) + 2  # type: ignore[operator]
        return f"{float(self.truth):,.{places}f}".rstrip("0").rstrip(".")


class Diff(Sequence[Difference]):
    """The differences in the order of the table; prints them as text, and as HTML the whole table with each marked.

    Args:
        title: of the table.
        lines: the whole table: layer, column, printed text.
        differences: its wrong cells.
    """

    def __init__(self, title: str, lines: Cells, differences: Sequence[Difference]):
        self.title = title
        self.lines = lines
        self.differences = list(differences)

    def __len__(self) -> int:
        return len(self.differences)

    def __iter__(self) -> Iterator[Difference]:
        return iter(self.differences)

    def __getitem__(self, place: Any) -> Any:
        return self.differences[place]

    @property
    def summary(self) -> str:
        cells = sum(map(len, self.lines.values()))
        return f"{len(self) or 'none'} of {cells} cells {'is' if len(self) < 2 else 'are'} wrong"

    def __repr__(self) -> str:
        lines = [("layer", "column", "printed", "right", "because")] if self else []
        lines += [(d.layer, COLUMNS[d.column].heading, d.printed, d.right, d.formula) for d in self]
        widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
        table = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
        ]
        return "\n".join([f"{self.title}:", self.summary, *table])

    def _repr_html_(self) -> str:
        wrong = {(difference.layer, difference.column): difference for difference in self}
        columns = [name for name in COLUMNS if any(name in cells for cells in self.lines.values())]
        head = "".join(f'<th scope="col">{html.escape(COLUMNS[name].heading)}</th>' for name in columns)
        body = "".join(
            f'<tr><th scope="row" style="text-align:left">{html.escape(layer)}</th>'
            + "".join(_cell(str(cells.get(name, "")), wrong.get((layer, name))) for name in columns)
            + "</tr>"
            for layer, cells in self.lines.items()
        )
        caption = f'<caption style="text-align:left">{html.escape(f"{self.title}: {self.summary}")}</caption>'
        return f'<table>{caption}<thead><tr><th scope="col">layer</th>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cell(printed: str, difference: Difference | None) -> str:
    if difference is None:
        return f"<td>{html.escape(printed)}</td>"
    because = html.escape(difference.formula)
    return (
        f'<td style="{WRONG}" title="{because}">&#x2717; <del>{html.escape(printed)}</del> '
        f"<strong>{html.escape(difference.right)}</strong></td>"
    )


def _published(published: Any, convention: Any, network: Network | None) -> Published:
    if isinstance(published, str):
        if published not in PUBLISHED:
            raise CountingError(f"table {published!r} is unknown; there are {', '.join(PUBLISHED)}")
        published = PUBLISHED[published]
    if isinstance(published, Published):
        return published
    if not isinstance(published, Mapping) or not all(isinstance(cells, Mapping) for cells in published.values()):
        raise CountingError(
            "diff takes the name of a published table, a Published, or a dict {layer: {column: printed}}, and "
            f"received {published!r}"
        )
    if network is None:
        raise CountingError("diff needs the network that a dict of cells is about: diff(cells, network=...)")
    return Published("table", "", network, cells=published)


def _truth(truth: Any, layer: str, column: str) -> Truth:
    known: Column | None = COLUMNS.get(column)
    if known is None:
        raise CountingError(f"column {column!r} of layer {layer!r} is unknown; there are {', '.join(COLUMNS)}")
    return known.total(truth) if layer == TOTAL else known.of(truth[layer])


def _holds(layer: str, column: str, printed: str, truth: Fraction | None) -> bool:
    try:
        number = _decimal(printed)
    except InvalidOperation:
        raise CountingError(f"column {column!r} of layer {layer!r} is no number: {printed!r}") from None
    if truth is None:
        return False
    unit = Fraction(10) ** number.as_tuple().exponent  # type: ignore[operator]
    return abs(Fraction(number) - truth) <= unit / 2


def _decimal(printed: str) -> Decimal:
    """Raises InvalidOperation for what is no finite number."""
    number = Decimal(printed.replace(",", "").strip())
    if not number.is_finite():
        raise InvalidOperation(printed)
    return number
