"""Tables, whatever program wrote them."""

import csv
import io

import pytest

from cnngrader.errors import UsageError
from cnngrader.table_file import read_table, written_table

ROWS = [["id", "name"], ["ada", "Lovelace, Ada"], ["bo", 'Núñez "Bo"; y\nHijo']]


def csv_of(rows, separator):
    file = io.StringIO()
    csv.writer(file, delimiter=separator).writerows(rows)
    return file.getvalue()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("first", ["", "sep={}\r\n"])
def test_it_is_read_in_each_encoding_and_with_each_separator(separator, encoding, first):
    table = read_table((first.format(separator) + csv_of(ROWS, separator)).encode(encoding), "x.csv")
    assert [[*row.values()] for _, row in table.rows] == ROWS[1:]
    assert table.header == ROWS[0]


@pytest.mark.parametrize("text", ["=1+1", "'=1", "''+1", "-x", "@a", "\tx", "'quoted'", "a=b", "plain"])
def test_no_text_is_a_formula_and_each_is_read_back_as_it_was(text):
    written = written_table(["id", "name"], [["a", text]], ";")
    cell = next(csv.reader(io.StringIO(written.split("\n", 1)[1]), delimiter=";"))[1]
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert read_table(written.encode(), "x.csv").rows[0][1]["name"] == text


def test_a_text_that_was_kept_from_being_a_formula_is_what_it_was():
    assert read_table(b'id,name\na,"=""=1+1, Eve"""\n', "x.csv").rows[0][1]["name"] == "=1+1, Eve"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04rest", "Save it as CSV"),
        (b"id,name\na,\0b\n", "is no text"),
        (b"id,id\na,b\n", "two columns 'id'"),
        (b"id,name\n\na,Doe, Jane\n", "line 3 has 3 cells"),
        (b'id\n"' + b"x" * 200_000 + b'"\n', "line 2"),
    ],
)
def test_what_is_no_table_is_told_with_its_line(content, said):
    with pytest.raises(UsageError, match=said):
        read_table(content, "x.csv")
