import unicodedata
from itertools import combinations

import pytest

from cnngrader.errors import UsageError
from cnngrader.ids import find_meant, move_to_one_form, student_id

KEPT = [
    "jane", "Jane", "Jane Smith_4711", "José", "jane.smith@example.edu", "王小明", "محمد علي", "可\u200c可", "12",
    "１２", "50%", "hw (1)", "ana, b; c#d", "-x", "{student_id}", "con", "a" * 128,
]  # fmt: skip
CHANGED = [
    "x+y", "x*y", "x?y", "x/y", "x\\y", "x[y]", "x:y", 'x"y', "x<y>", "x|y", "x\ny", "x\0y", "x\x7fy", "../x", "x.",
    "x ", ".x", " x", "..", "...", "x\u200b", "\ufeffx", "x\u202ey", "\u200fx", "x\u00ady", "x\udcffy", "x\u2028y",
    "a" * 129, "a" * 300, "a" * 301, "王" * 120, "é" * 300,
]  # fmt: skip


def test_no_two_students_have_one_id():
    ids = [student_id(given) for given in (*KEPT, *CHANGED, "x_y", "x", "_x", "x_", "_")]
    assert [pair for pair in combinations(ids, 2) if pair[0] == pair[1]] == []


@pytest.mark.parametrize("given", KEPT)
def test_a_name_that_a_folder_can_have_stays(given):
    assert student_id(given) == given == student_id(unicodedata.normalize("NFD", given))


@pytest.mark.parametrize("given", [*KEPT, *CHANGED], ids=ascii)
def test_an_id_is_a_folder_s_name_and_stays_one(tmp_path, given):
    id = student_id(given)
    (tmp_path / id).mkdir()
    assert student_id(id) == id == find_meant(given, [id]) == find_meant(id, [id])
    assert [path.name for path in tmp_path.iterdir()] == [id] and len(id) <= 128
    assert not set("+*?[/") & set(id)


def test_whoever_is_known_under_another_id_is_meant_by_it():
    """Such as who was collected by hand."""
    assert find_meant("x+y", ["x+y", "x_y"]) == "x+y" and find_meant("Jose\u0301", ["José"]) == "José"


def test_what_is_there_in_both_forms_is_left_and_told(tmp_path):
    one, other = (tmp_path / unicodedata.normalize(form, "José") for form in ("NFD", "NFC"))
    (one / "hw").mkdir(parents=True)
    move_to_one_form(one / "hw", other / "hw")
    assert [path.name for path in tmp_path.iterdir()] == ["José"] and (other / "hw").is_dir()
    move_to_one_form(other / "hw", other / "hw")
    (one / "hw").mkdir(parents=True)
    with pytest.raises(UsageError, match=r"Jose\\u0301/hw' and '.*Jos\\xe9/hw' are one name"):
        move_to_one_form(one / "hw", other / "hw")
    assert (one / "hw").is_dir() and (other / "hw").is_dir()
