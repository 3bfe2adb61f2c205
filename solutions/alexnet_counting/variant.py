"""A network table of a student's own, with six misprints: one of each kind, each in a row of its own."""

import csv
import io

from cnnkit.counting import CountingError, count
from cnnkit.counting.specs import Conv2D, Dense, Flatten, Input, Pooling2D

COLUMNS = (
    "layer kind in_channels in_size filters kernel stride pad dilation groups "
    "out_channels out_size memory_kb params macs"
).split()
PLANTED = ("bias", "groups", "kilobyte", "rounding", "two-per-mac", "channels")
KINDS = {Conv2D: "conv", Pooling2D: "pool", Flatten: "flatten", Dense: "fc"}


def variant(rng, student):
    """({"table.csv": text}, answers): the errors as [layer, column, printed, right, cause]."""
    while True:
        try:
            rows = true_rows(network(rng))
        except CountingError:  # a window larger than its map
            continue
        errors = plant(rng, rows)
        if errors is not None:
            break
    for layer, column, printed, _, _ in errors:
        next(row for row in rows if row["layer"] == layer)[column] = printed
    file = io.StringIO()
    file.write(f"# the table of {student}\n")
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return {"table.csv": file.getvalue()}, {"errors": errors}


def network(rng):
    """Layers of AlexNet's kind, whose numbers vary and whose plan does not."""

    def pick(*choices):
        return int(rng.choice(choices))

    filters = [8 * int(n) for n in rng.integers([3, 6, 9, 7], [6, 9, 14, 13])]
    edge = int(rng.integers(110, 200))
    return [
        Input((edge, edge, 3)),
        Conv2D(filters[0], pick(7, 9, 11), stride=pick(2, 3, 4), pad=pick(0, 1, 2, 3), name="conv1"),
        Pooling2D(3, 2, name="pool1"),
        Conv2D(filters[1], 5, pad=2, groups=2, name="conv2"),
        Pooling2D(pick(2, 3), 2, name="pool2"),
        Conv2D(filters[2], 3, pad=pick(1, 2), dilation=2, name="conv3"),
        Conv2D(filters[3], 3, pad=1, groups=pick(2, 4), name="conv4"),
        Pooling2D(3, 2, name="pool4"),
        Flatten(name="flatten"),
        Dense(pick(256, 320, 384, 448, 512), name="fc5"),
        Dense(pick(*range(10, 101, 10)), name="fc6"),
    ]


def true_rows(layers):
    """The table as it should be printed, without the input; memory to two digits."""
    rows = []
    for row in count(layers, "mac")[1:]:
        spec = row.spec
        window = spec.kernel if isinstance(spec, Conv2D) else getattr(spec, "size", "")
        elements = 1
        for size in row.output:
            elements *= size
        rows.append(
            {
                "layer": row.name,
                "kind": KINDS[type(spec)],
                "in_channels": row.inputs[0][-1],
                "in_size": row.inputs[0][0] if len(row.inputs[0]) == 3 else 1,
                "filters": getattr(spec, "filters", getattr(spec, "units", "")),
                "kernel": window,
                "stride": getattr(spec, "stride", ""),
                "pad": getattr(spec, "pad", ""),
                "dilation": getattr(spec, "dilation", ""),
                "groups": getattr(spec, "groups", ""),
                "out_channels": row.output[-1],
                "out_size": row.output[0] if len(row.output) == 3 else 1,
                "memory_kb": round(elements * 4 / 1024, 2),
                "params": row.parameters.value,
                "macs": row.macs.value,
            }
        )
    return rows


def misprints(row):
    """{(column, cause): what stands there by that mistake}, of the mistakes that this row can have."""
    filters, size, channels = row["filters"], row["out_size"], row["in_channels"]
    found = {("memory_kb", "kilobyte"): round(row["out_channels"] * size**2 * 4 / 1000, 2)}
    if row["kind"] in ("conv", "pool"):
        edge = row["in_size"] + 2 * row["pad"] - (row["kernel"] - 1) * (row["dilation"] or 1) - 1
        found["out_size", "rounding"] = -(-edge // row["stride"]) + 1
    if row["kind"] in ("conv", "fc"):
        found["params", "bias"] = row["params"] - filters
        found["macs", "two-per-mac"] = 2 * row["macs"]
    if row["kind"] == "conv":
        groups, area = row["groups"], row["kernel"] ** 2
        stops = filters * size**2
        found["params", "groups"] = filters * channels * area + filters
        found["macs", "groups"] = stops * channels * area
        found["params", "channels"] = filters * filters // groups * area + filters
        found["macs", "channels"] = stops * filters // groups * area
        found["out_size", "dilation"] = (row["in_size"] + 2 * row["pad"] - row["kernel"]) // row["stride"] + 1
        found["macs", "input-size"] = row["macs"] // size**2 * row["in_size"] ** 2
    return {place: wrong for place, wrong in found.items() if wrong != row[place[0]]}


def plant(rng, rows):
    """One misprint of each planted kind, in rows of their own, each explained by one cause alone.

    Returns [layer, column, printed, right, cause] in the table's order, or None where this network
    has no place for all of them.
    """
    places = {cause: [] for cause in PLANTED}
    for number, row in enumerate(rows):
        wrong = misprints(row)
        for (column, cause), printed in wrong.items():
            alike = [other for (where, _), other in wrong.items() if where == column and close(other, printed)]
            if cause in places and len(alike) == 1 and not close(printed, row[column]):
                places[cause].append((number, column, printed))
    taken, errors = set(), []
    for cause in sorted(PLANTED, key=lambda cause: len({number for number, _, _ in places[cause]})):
        free = [place for place in places[cause] if place[0] not in taken]
        if not free:
            return None
        number, column, printed = free[int(rng.integers(len(free)))]
        taken.add(number)
        errors.append((number, [rows[number]["layer"], column, printed, rows[number][column], cause]))
    return [error for _, error in sorted(errors)]


def close(one, other):
    """Too near to be told apart in the table."""
    return abs(one - other) <= 0.02
