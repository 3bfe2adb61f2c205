"""Counting a network, layer by layer."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import count as numbers
from math import prod
from typing import Any

from cnnkit.counting._from_keras import from_keras
from cnnkit.counting.conventions import Convention, convention_of
from cnnkit.counting.errors import CountingError
from cnnkit.counting.formula import Formula
from cnnkit.counting.networks import NETWORKS
from cnnkit.counting.row import Row
from cnnkit.counting.specs import Dense, Flatten, Input, Spec
from cnnkit.counting.table import Table

Network = str | Sequence[Spec] | Any


def count(network: Network, convention: str | Convention = "mac") -> Table:
    """A row for each layer: output, memory, weights, operations, receptive field, and the formulas.

    Args:
        network: the name of one (`cnnkit.counting.networks`), a list of specs that begins with an Input, or a built
            functional or sequential Keras model.
        convention: "lecture", "mac", "flop", or a `Convention`.

    Returns:
        A `Table`.

    Raises:
        CountingError: naming the layer, for what cannot be counted: an unknown layer never counts as zero.

    References:
        Lecture L4, "computation of hyperparameters in AlexNet".

    Example:

    >>> from cnnkit.counting.specs import Conv2D, Input
    >>> row = count([Input((227, 227, 3)), Conv2D(64, 11, stride=4, pad=2)], "lecture")["conv2d"]
    >>> print(row.output, row.memory_kb, row.parameters, row.operations, sep="\\n")
    (56, 56, 64)
    784.0
    64·3·11·11 + 64 = 23,296
    64·56·56 · 3·11·11 = 72,855,552
    """
    choice = convention_of(convention)
    return Table(_rows(named(specs_of(network)), choice), choice)


def specs_of(network: Network) -> list[Spec]:
    """The list of specs behind a name, a list or a Keras model."""
    if isinstance(network, str):
        if network not in NETWORKS:
            raise CountingError(f"network {network!r} is unknown; there are {', '.join(NETWORKS)}")
        return NETWORKS[network]()
    if isinstance(network, Sequence):
        strange = [layer for layer in network if not isinstance(layer, Spec)]
        if strange:
            raise CountingError(
                f"a network is a list of specs (cnnkit.counting.specs), and this one holds {strange[0]!r}"
            )
        return list(network)
    return from_keras(network)


def named(specs: Sequence[Spec]) -> list[Spec]:
    """The specs, each with a name of its own and the names of its inputs."""
    if not specs or not isinstance(specs[0], Input):
        raise CountingError("a network's first layer is its Input, with (height, width, channels)")
    taken = {spec.name for spec in specs if spec.name}
    found: list[Spec] = []
    known: set[str] = set()
    for spec in specs:
        base = spec.kind.lower()
        free = (name for n in numbers(1) if (name := base if n == 1 else f"{base}_{n}") not in taken)
        name = spec.name or next(free)
        taken.add(name)
        if name in known:
            raise CountingError(f"two layers are called {name!r}; each needs a name of its own")
        inputs = (spec.inputs,) if spec.inputs and isinstance(spec.inputs, str) else tuple(spec.inputs)
        if not inputs and not isinstance(spec, Input):
            inputs = (found[-1].name,)
        missing = [source for source in inputs if source not in known]
        if missing:
            raise CountingError(f"layer {name!r} takes {missing[0]!r}, which is no layer before it")
        found.append(replace(spec, name=name, inputs=inputs))
        known.add(name)
    return found


def _rows(specs: Sequence[Spec], convention: Convention) -> list[Row]:
    rows: dict[str, Row] = {}
    for spec in specs:
        sources = [rows[name] for name in spec.inputs]
        try:
            rows[spec.name] = _row(spec, sources, convention)
        except CountingError as error:
            raise CountingError(f"layer {spec.name!r}: {error}") from None
    return list(rows.values())


def _row(spec: Spec, sources: Sequence[Row], convention: Convention) -> Row:
    shapes = [row.output for row in sources]
    output = spec.output(*shapes)
    with_bias = convention.dense_bias or not isinstance(spec, Dense)
    macs = spec.macs(*shapes)
    extras = {kind: amount for kind, amount in spec.extras(*shapes).items() if kind in convention.extras}
    if not with_bias:
        extras.pop("bias", None)
    beside = sum(extras.values(), Formula())
    own = not (spec.in_place or isinstance(spec, Input)) or (isinstance(spec, Flatten) and convention.flatten_memory)
    field, stride = _field(spec, sources, shapes)
    return Row(
        name=spec.name,
        kind=spec.kind,
        spec=spec,
        inputs=tuple(shapes),
        output=output,
        memory_kb=prod(output) * 4 / 1024 if own else 0.0,
        weights=spec.weights(*shapes),
        biases=spec.biases(*shapes) if with_bias else Formula(),
        fixed=spec.fixed(*shapes),
        macs=macs,
        flops=2 * macs + beside,
        operations=convention.mac * macs + beside,
        field=field,
        stride=stride,
    )


def _field(
    spec: Spec, sources: Sequence[Row], shapes: Sequence[tuple[int, ...]]
) -> tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]]:
    """What an output sees of the image, and how far its neighbour's view is moved; the widest of several inputs."""
    if not sources:
        return (Fraction(1), Fraction(1)), (Fraction(1), Fraction(1))
    reach = spec.reach(*shapes)
    fields, strides = [], []
    for axis in (0, 1):
        stride = max(row.stride[axis] for row in sources)
        field = max(row.field[axis] for row in sources)
        moved = stride * reach.step[axis]
        fields.append(field + (reach.window[axis] - 1) * min(stride, moved))
        strides.append(moved)
    return (fields[0], fields[1]), (strides[0], strides[1])
