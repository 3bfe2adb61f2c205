"""Every student gets a valid network with the same number and kinds of misprints, and another one."""

import csv
import runpy
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

MODULE = runpy.run_path(str(Path(__file__).with_name("variant.py")))
STUDENTS = 1000


@pytest.fixture(scope="module")
def variants():
    return [MODULE["variant"](np.random.default_rng(number), f"student{number}") for number in range(STUDENTS)]


def rows_of(text):
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return [{key: number(value) for key, value in row.items()} for row in csv.DictReader(lines)]


def number(text):
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text


def corrected(variant):
    files, answers = variant
    rows = {row["layer"]: row for row in rows_of(files["table.csv"])}
    for layer, column, printed, right, _ in answers["errors"]:
        assert rows[layer][column] == printed != right
        rows[layer][column] = right
    return list(rows.values())


def test_six_misprints_one_of_each_kind_each_in_a_row_of_its_own(variants):
    for _, answers in variants:
        assert Counter(error[4] for error in answers["errors"]) == Counter(MODULE["PLANTED"])
        assert len({error[0] for error in answers["errors"]}) == len(MODULE["PLANTED"]) == 6


def test_without_them_every_table_is_a_network(variants):
    """Recomputed from the formulas of lecture L4, row by row, each row taking what the one before gives."""
    for variant in variants:
        channels, size = 3, None
        for row in corrected(variant):
            assert row["in_channels"] == channels and (size is None or row["in_size"] == size)
            size = row["in_size"]
            weights = biases = 0
            if row["kind"] in ("conv", "pool"):
                extent = (row["kernel"] - 1) * (row["dilation"] or 1) + 1
                size = (size + 2 * row["pad"] - extent) // row["stride"] + 1
            if row["kind"] == "conv":
                assert channels % row["groups"] == 0 and row["filters"] % row["groups"] == 0
                weights = row["filters"] * channels // row["groups"] * row["kernel"] ** 2
                channels = biases = row["filters"]
            if row["kind"] == "flatten":
                channels, size = channels * size**2, 1
            if row["kind"] == "fc":
                weights, channels = channels * row["filters"], row["filters"]
                biases = channels
            assert (row["out_channels"], row["out_size"]) == (channels, size) and size >= 1
            assert row["params"] == weights + biases
            assert row["macs"] == weights * size**2
            assert row["memory_kb"] == pytest.approx(channels * size**2 * 4 / 1024, abs=0.00501)


def test_each_misprint_has_one_cause(variants):
    for variant in variants:
        rows = {row["layer"]: row for row in corrected(variant)}
        for layer, column, printed, _, cause in variant[1]["errors"]:
            causes = [
                named
                for (where, named), wrong in MODULE["misprints"](rows[layer]).items()
                if where == column and abs(wrong - printed) <= 0.02
            ]
            assert causes == [cause]


def test_nobody_has_anothers(variants):
    assert len({tuple(map(tuple, answers["errors"])) for _, answers in variants}) == STUDENTS


def test_tables_are_about_equally_long_to_check(variants):
    """No student has an easier table for its size: all have ten rows, and the same plan of layers."""
    plans = {tuple(row["kind"] for row in rows_of(files["table.csv"])) for files, _ in variants}
    assert plans == {("conv", "pool", "conv", "pool", "conv", "conv", "pool", "flatten", "fc", "fc")}


def test_misprints_are_all_over_the_table(variants):
    """Knowing where a friend's are helps nobody."""
    where = Counter((error[0], error[4]) for _, answers in variants for error in answers["errors"])
    for cause, least in {"kilobyte": 8, "two-per-mac": 5, "bias": 5, "channels": 4, "rounding": 2, "groups": 2}.items():
        assert len([layer for layer, named in where if named == cause]) >= least
