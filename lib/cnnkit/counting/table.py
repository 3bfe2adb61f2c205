"""What counting gives, and how it is shown."""

import html
from collections.abc import Iterator, Sequence
from typing import Any

from cnnkit.counting._bars import bars
from cnnkit.counting.conventions import Convention
from cnnkit.counting.errors import CountingError
from cnnkit.counting.row import Row, Total


class Table(Sequence[Row]):
    """The rows in their order: by number, or by name (`table["conv1"]`). Prints as text and as HTML.

    Args:
        rows: one for each layer.
        convention: by which they were counted.

    Raises:
        CountingError: for an unknown name.
    """

    def __init__(self, rows: Sequence[Row], convention: Convention):
        self.rows = list(rows)
        self.convention = convention

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, str):
            return self.rows[key]
        for row in self.rows:
            if row.name == key:
                return row
        raise CountingError(f"no layer is called {key!r}; there are {', '.join(row.name for row in self.rows)}")

    @property
    def total(self) -> Total:
        sums = {
            name: sum(getattr(row, name).value for row in self.rows)
            for name in ("weights", "biases", "fixed", "macs", "flops", "operations")
        }
        return Total(sum(row.memory_kb for row in self.rows), **sums)

    def share(self, quantity: str) -> list[float]:
        """Each row's part, 0 to 1, of the total of "memory_kb", "weights", "biases", "parameters", "macs", "flops"
        or "operations"."""
        if quantity not in SHARED:
            raise CountingError(f"share takes {', '.join(SHARED)}, and received {quantity!r}")
        whole = getattr(self.total, quantity) or 1
        return [float(getattr(_plain(row), quantity) / whole) for row in self.rows]

    def cells(self) -> list[list[str]]:
        """The table as text: a heading, a line a row, the total."""
        lines = [list(HEADING)]
        shares = self.share("operations")
        for row, share in zip(self.rows, shares, strict=True):
            lines.append(
                [
                    row.name,
                    row.kind,
                    "x".join(map(str, row.output)),
                    _kilobytes(row.memory_kb),
                    f"{row.weights.value:,}",
                    f"{row.biases.value:,}",
                    f"{row.macs.value:,}",
                    f"{row.flops.value:,}",
                    f"{share:.1%}",
                    _pair(row.receptive_field),
                    _pair(row.stride),
                    row.formula,
                ]
            )
        total = self.total
        sums = [f"{value:,}" for value in (total.weights, total.biases, total.macs, total.flops)]
        lines.append(["total", "", "", _kilobytes(total.memory_kb), *sums, "", "", "", f"{total.operations:,}"])
        return lines

    def __repr__(self) -> str:
        lines = self.cells()
        widths = [max(len(line[column]) for line in lines) for column in range(len(HEADING))]
        left = (0, 1, len(HEADING) - 1)
        return "\n".join(
            "  ".join(
                cell.ljust(width) if place in left else cell.rjust(width)
                for place, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        )

    def _repr_html_(self) -> str:
        heading, *lines = self.cells()
        head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in heading)
        body = "".join(
            f'<tr><th scope="row" style="text-align:left">{html.escape(line[0])}</th>'
            + "".join(f"<td>{html.escape(cell)}</td>" for cell in line[1:])
            + "</tr>"
            for line in lines
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def picture(self) -> Any:
        """Where memory, parameters and operations sit; see `cnnkit.counting.bars`."""
        return bars(self)


SHARED = ("memory_kb", "weights", "biases", "parameters", "macs", "flops", "operations")
HEADING = (
    "layer",
    "kind",
    "output",
    "memory (KB)",
    "weights",
    "biases",
    "MACs",
    "FLOPs",
    "share",
    "sees",
    "stride",
    "operations",
)


def _plain(row: Row) -> Total:
    numbers = (row.weights, row.biases, row.fixed, row.macs, row.flops, row.operations)
    return Total(row.memory_kb, *(number.value for number in numbers))


def _kilobytes(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _pair(values: tuple[Any, Any]) -> str:
    return str(values[0]) if values[0] == values[1] else f"{values[0]}x{values[1]}"
