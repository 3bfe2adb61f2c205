"""Whatever comes over the line is read, or refused in the grader's own words, and takes no more room than it may."""

import json
import os
import socket
import struct
import tracemalloc
from contextlib import suppress
from pathlib import PurePosixPath

import nbformat
import numpy as np
import pytest

from cnngrader.errors import NotebookError
from cnngrader.ids import LONGEST, LONGEST_BYTES, student_id
from cnngrader.plain_text import plain, plain_lines
from cnngrader.showing.notebook import clean_notebook
from cnngrader.showing.outputs import clean_output
from cnngrader.submission.read_notebook import read_notebook
from cnnkit.check.codec import MAX_BYTES, BadMessage, NotPlainData, decode, encode
from cnnkit.check.serve import receive
from redteam.active import active_in_notebook, active_in_page

hypothesis = pytest.importorskip("hypothesis")
from hypothesis import HealthCheck, given, settings  # noqa: E402
from hypothesis import strategies as some  # noqa: E402

# Thirty times as many by CNNKIT_FUZZ=30, which `make redteam` asks for.
CASES = int(os.environ.get("CNNKIT_FUZZ", "1"))


def cases(count: int):
    """derandomize: a test means the same wherever it runs. No deadline: a verdict hangs on no machine's load."""
    return settings(
        max_examples=count * CASES,
        deadline=None,
        derandomize=CASES == 1,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


texts = some.text() | some.sampled_from(
    ["<script>redteam()</script>", "\ud800", "\x00\x1b[2J\x9b", "../x", "=1+1", "a" * 300]
)
json_values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | texts | some.just(10**400),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
trees = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | texts,
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.builds(
            lambda kind, body: {kind: body}, some.sampled_from(["list", "tuple", "set", "dict", "array", "x"]), inner
        )
        | some.builds(
            lambda name, shape: {"array": [name, shape]},
            some.sampled_from(["float64", "bool", "object", "int8", "<f8", "", None]),
            some.lists(some.integers(-(2**70), 2**70) | some.booleans(), max_size=20),
        )
    ),
    max_leaves=8,
)
plain_values = some.recursive(
    some.none() | some.booleans() | some.integers(-(10**30), 10**30) | some.floats(allow_nan=False) | some.text(),
    lambda inner: (
        some.lists(inner, max_size=3) | some.tuples(inner, inner) | some.dictionaries(some.text(), inner, max_size=3)
    ),
    max_leaves=10,
)


def decoded_or_refused(message: bytes) -> None:
    with suppress(BadMessage):
        decode(message)


@cases(600)
@given(some.binary(max_size=200))
def test_any_bytes_are_a_value_or_a_bad_message(message):
    decoded_or_refused(message)


@cases(500)
@given(trees, some.binary(max_size=64))
def test_any_tree_is_a_value_or_a_bad_message(tree, arrays):
    header = json.dumps(tree).encode("utf-8", "surrogatepass")
    decoded_or_refused(struct.pack(">Q", len(header)) + header + arrays)


@cases(500)
@given(plain_values)
def test_plain_values_cross_whole(value):
    assert decode(encode(value)) == value


@cases(500)
@given(plain_values, some.data())
def test_a_message_with_a_byte_changed_is_a_value_or_a_bad_message(value, data):
    message = bytearray(encode(value))
    message[data.draw(some.integers(0, len(message) - 1))] = data.draw(some.integers(0, 255))
    decoded_or_refused(bytes(message))


@cases(200)
@given(some.integers(0, 2**64 - 1), some.binary(max_size=100))
def test_what_comes_on_the_channel_is_a_message_an_end_or_refused(length, body):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(struct.pack(">Q", length) + body)
        theirs.shutdown(socket.SHUT_WR)
        try:
            assert receive(ours) == body[:length]
        except (EOFError, BadMessage):
            assert length > len(body)


def test_a_message_takes_no_more_room_than_it_may():
    """Of what is said in a header: a list of numbers is the largest in memory for its bytes."""
    header = b'{"list": [' + b"0," * 1_999_000 + b"0]}"
    tracemalloc.start()
    try:
        decode(struct.pack(">Q", len(header)) + header)
        assert tracemalloc.get_traced_memory()[1] < 16 * MAX_BYTES
    finally:
        tracemalloc.stop()


cells = some.fixed_dictionaries(
    {},
    optional={
        "cell_type": some.sampled_from(["code", "markdown", "raw", "heading"]) | json_values,
        "source": texts | some.lists(texts, max_size=3) | json_values,
        "metadata": some.dictionaries(some.sampled_from(["nbgrader", "tags", "jupyter"]), json_values) | json_values,
        "outputs": some.lists(json_values, max_size=2) | json_values,
        "attachments": some.dictionaries(texts, some.dictionaries(texts, json_values, max_size=2), max_size=2),
        "id": texts,
        "execution_count": json_values,
    },
)
notebooks = some.fixed_dictionaries(
    {"cells": some.lists(cells, max_size=4) | json_values},
    optional={"nbformat": some.integers(1, 5) | json_values, "nbformat_minor": json_values, "metadata": json_values},
)


@cases(300)
@given(notebooks)
def test_any_notebook_is_read_or_told_and_shows_nothing_that_runs(notebook):
    try:
        read = read_notebook(json.dumps(notebook).encode("utf-8", "surrogatepass"))
    except NotebookError:
        return
    clean_notebook(read, given=())
    read.metadata = nbformat.NotebookNode()
    assert active_in_notebook(json.dumps(read)) == []


@cases(300)
@given(some.binary(max_size=300))
def test_any_file_is_a_notebook_or_told(data):
    with suppress(NotebookError):
        read_notebook(data)


PIECES = """
<script> </script> <img src=x onerror=redteam() > <svg onload=redteam() <!-- --> <![CDATA[ ]]> </pre> <math> <style>
</style> <a href=javascript:redteam() " ' ` = / [x]( javascript:redteam() ) ![ ]( //redteam.example/ ) $ $$ <table>
<noscript> <template> \\href{ } &lt; &#x6a; ~~~ <iframe srcdoc=redteam() <form <title>
""".split()
markup = some.lists(
    some.sampled_from([*PIECES, " ", "\n", "\t", "\x00"]) | some.text(max_size=4),
    max_size=14,
).map("".join)


@cases(300)
@given(markup, some.sampled_from(["text/html", "text/markdown", "text/latex"]))
def test_no_markup_in_an_output_runs(shown, kind):
    output = nbformat.v4.new_output("display_data", {kind: shown, "text/plain": "x"})
    cell = nbformat.v4.new_code_cell("", outputs=[clean_output(output)])
    assert active_in_notebook(json.dumps({"metadata": {}, "cells": [cell]})) == []


@cases(300)
@given(markup)
def test_no_markup_in_a_written_answer_runs(answer):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(answer)])
    clean_notebook(notebook, given=())
    assert active_in_page(notebook.cells[0].source) == []


@cases(500)
@given(texts)
def test_an_id_is_a_folder_of_its_own_and_stays_what_it_is(one):
    folder = student_id(one)
    assert len(PurePosixPath("submitted", folder).parts) == 2 and folder not in ("", ".", "..")
    assert len(folder) <= LONGEST and len(folder.encode()) <= LONGEST_BYTES
    assert student_id(folder) == folder


@cases(500)
@given(some.text() | some.binary().map(lambda data: data.decode("latin-1")))
def test_plain_text_is_plain(text):
    for shown in (plain(text), plain_lines(text)):
        assert not set(shown) & {"\x00", "\x07", "\x1b", "\x9b", "\u202e", "\r"}
        shown.encode()


@cases(300)
@given(
    some.recursive(
        some.floats() | some.integers() | some.complex_numbers() | some.binary(max_size=3), some.lists, max_leaves=5
    )
)
def test_any_answer_is_encoded_or_refused(value):
    for answer in (value, {"x": value}, np.array([object(), value], dtype=object)):
        with suppress(NotPlainData):
            encode(answer)
