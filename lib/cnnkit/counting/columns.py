"""The columns that published tables have: what each is for a layer, and for a whole network."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from cnnkit.counting.row import Row
from cnnkit.counting.specs import Conv2DTranspose
from cnnkit.counting.specs.spec import pads, pair
from cnnkit.counting.table import Table

Truth = tuple[Fraction | None, str]
"""A value, None where a layer has no such thing, and how it comes about."""


@dataclass(frozen=True)
class Column:
    """heading: as it is shown. of: its truth for a row. scale: what its unit is of; for sums over a table."""

    heading: str
    of: Callable[[Row], Truth]
    quantity: str = ""
    scale: int = 1

    def total(self, table: Table) -> Truth:
        """The sum over the rows; None for a column without a sum."""
        if not self.quantity:
            return None, ""
        whole = Fraction(getattr(table.total, self.quantity))
        return whole / self.scale, f"the sum of the layers, {_number(whole)}"


def _number(value: Fraction) -> str:
    return f"{value.numerator:,}" if value.denominator == 1 else f"{float(value):,.2f}"


def _whole(value: int | None, text: str = "") -> Truth:
    return (None, "") if value is None else (Fraction(value), text or str(value))


def _square(value: Any) -> int | None:
    """The edge of what is square, None for the rest."""
    height, width = pair(value)
    return height if height == width else None


def _channels(shape: tuple[int, ...]) -> Truth:
    return _whole(shape[-1])


def _edge(shape: tuple[int, ...]) -> Truth:
    return _whole(_square(shape[:2]) if len(shape) == 3 else None)


def _in_shape(row: Row) -> tuple[int, ...]:
    return row.inputs[0] if row.inputs else row.output


def _filters(row: Row) -> Truth:
    return _whole(getattr(row.spec, "filters", None) or getattr(row.spec, "units", None))


def _window(row: Row) -> tuple[Any, Any]:
    """Window and stride of a layer that has them."""
    window = getattr(row.spec, "kernel", None) or getattr(row.spec, "size", None)
    return window, getattr(row.spec, "stride", None) or window


def _kernel(row: Row) -> Truth:
    window, _ = _window(row)
    return _whole(_square(window) if window else None)


def _stride(row: Row) -> Truth:
    _, stride = _window(row)
    return _whole(_square(stride) if stride else None)


def _extent(row: Row) -> tuple[int, int]:
    """The window with the gaps of a dilated one."""
    window, dilation = pair(_window(row)[0]), pair(getattr(row.spec, "dilation", 1))
    return (window[0] - 1) * dilation[0] + 1, (window[1] - 1) * dilation[1] + 1


def _pad(row: Row) -> Truth:
    if not hasattr(row.spec, "pad") or not _window(row)[0]:
        return None, ""
    sides = {side for sides in pads(row.spec.pad, _extent(row)) for side in sides}
    return _whole(sides.pop() if len(sides) == 1 else None)


def _out_size(row: Row) -> Truth:
    edge, text = _edge(row.output)
    known = [value for value, _ in (_edge(_in_shape(row)), _kernel(row), _stride(row), _pad(row))]
    if edge is None or None in known or isinstance(row.spec, Conv2DTranspose) or row.spec.pad == "same":  # type: ignore[attr-defined]
        return edge, text
    (n, _, s, p), f = known, _extent(row)[0]
    rounding = getattr(row.spec, "rounding", "floor")
    return edge, f"{rounding}(({n} + 2·{p} - {f}) / {s}) + 1 = {edge}"


def _memory(row: Row, kilobytes: int = 1) -> Truth:
    values = "·".join(map(str, (row.output[-1], *row.output[:-1])))
    text = f"{values} · 4 / 1024 = {row.memory_kb:,.2f}" if row.memory_kb else "takes the place of its input"
    return Fraction(row.memory_kb) / kilobytes, text


def _sum(heading: str, quantity: str, scale: int = 1) -> Column:
    def of(row: Row) -> Truth:
        amount = getattr(row, quantity)
        return Fraction(amount.value, scale), str(amount)

    return Column(heading, of, quantity, scale)


COLUMNS: dict[str, Column] = {
    "in_channels": Column("input C", lambda row: _channels(_in_shape(row))),
    "in_size": Column("input H/W", lambda row: _edge(_in_shape(row))),
    "filters": Column("filters", _filters),
    "kernel": Column("kernel", _kernel),
    "stride": Column("stride", _stride),
    "pad": Column("pad", _pad),
    "out_channels": Column("output C", lambda row: _channels(row.output)),
    "out_size": Column("output H/W", _out_size),
    "memory_kb": Column("memory (KB)", _memory, "memory_kb"),
    "memory_mb": Column("memory (MB)", lambda row: _memory(row, 1024), "memory_kb", 1024),
    "weights": _sum("weights", "weights"),
    "biases": _sum("biases", "biases"),
    "params": _sum("params", "parameters"),
    "params_k": _sum("params (k)", "parameters", 10**3),
    "params_m": _sum("params (M)", "parameters", 10**6),
    "macs": _sum("MACs", "macs"),
    "operations": _sum("operations", "operations"),
    "flop_m": _sum("flop (M)", "operations", 10**6),
    "flop_g": _sum("flop (G)", "operations", 10**9),
}
"""By the names that `diff` takes. Sizes and windows are edges of squares, and None where they are not square."""
