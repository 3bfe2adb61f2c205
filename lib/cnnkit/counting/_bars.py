"""Where a network's memory, parameters and operations sit."""

from collections.abc import Iterator
from typing import Any, Protocol

from cnnkit.counting.conventions import Convention
from cnnkit.counting.row import Row

MOST_BARS = 30
KINDS = {
    "Conv": ("convolution", "#0072b2"),
    "Dense": ("fully connected", "#d55e00"),
    "Pool": ("pooling", "#999999"),
    "": ("other", "#d8d8d8"),
}
QUANTITIES = ("memory_kb", "parameters", "operations")


class Counted(Protocol):
    """What a `Table` is to its bars."""

    convention: Convention

    def __iter__(self) -> Iterator[Row]: ...


def bars(table: Counted) -> Any:
    """Three bar charts side by side, a bar for each layer that holds or does something.

    Of more than 30 such layers, those whose names begin alike share a bar: stage1_block1 for all of its layers.

    Args:
        table: of `count`.

    Returns:
        A matplotlib figure that belongs to no window. `alternative_text(table)` says what it shows.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    groups = _groups(table)
    unit = "million FLOPs" if table.convention.mac == 2 else "million multiply-adds"
    scales = {"memory_kb": ("memory (KB)", 1), "parameters": ("parameters (k)", 1e3), "operations": (unit, 1e6)}
    figure = Figure(figsize=(12, max(2.5, 0.9 + 0.24 * len(groups))), layout="constrained")
    panels = figure.subplots(1, 3, sharey=True)
    for axes, (quantity, (title, scale)) in zip(panels, scales.items(), strict=True):
        left = [0.0] * len(groups)
        for word, (label, colour) in KINDS.items():
            parts = [
                sum(_amount(row, quantity) for row in rows if _kind(row) == word) / scale for rows in groups.values()
            ]
            axes.barh(list(groups), parts, left=left, color=colour, label=label if any(parts) else None)
            left = [start + part for start, part in zip(left, parts, strict=True)]
        axes.set_title(title)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.xaxis.set_major_formatter("{x:,g}")
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylim(len(groups) - 0.4, -0.6)
    shown = {label: handle for axes in panels for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)}
    figure.legend(shown.values(), shown.keys(), loc="outside lower center", ncols=len(shown), frameon=False)
    return figure


def alternative_text(table: Counted) -> str:
    """What `bars` shows: how many bars, and the largest of each chart.

    Args:
        table: as for `bars`.
    """
    groups = _groups(table)
    said = []
    for quantity, name in zip(QUANTITIES, ("memory", "parameters", "operations"), strict=True):
        sums = {group: sum(_amount(row, quantity) for row in rows) for group, rows in groups.items()}
        whole = sum(sums.values()) or 1
        largest = sorted(sums, key=lambda group: -sums[group])[:3]
        said.append(f"{name}: " + ", ".join(f"{group} {sums[group] / whole:.0%}" for group in largest if sums[group]))
    return f"Three bar charts with {len(groups)} bars each. Most of each sits in " + "; ".join(said) + "."


def _groups(table: Counted) -> dict[str, list[Row]]:
    """The rows of each bar: one, or of those that begin alike as many as it takes to have few bars."""
    rows = [row for row in table if any(_amount(row, quantity) for quantity in QUANTITIES)]
    for parts in (None, 3, 2, 1):
        groups: dict[str, list[Row]] = {}
        for row in rows:
            name = row.name if parts is None else "_".join(row.name.replace("/", "_").split("_")[:parts])
            groups.setdefault(name, []).append(row)
        if len(groups) <= MOST_BARS:
            break
    return groups


def _amount(row: Row, quantity: str) -> float:
    amount = getattr(row, quantity)
    return float(getattr(amount, "value", amount))


def _kind(row: Row) -> str:
    return next(word for word in KINDS if word in row.kind)
