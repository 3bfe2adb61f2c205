import pytest

from cnngrader.errors import UsageError
from cnngrader.roster.find_student import find_student
from cnngrader.roster.roster import Roster
from cnngrader.roster.student import Student

ROSTER = Roster(
    {
        one.id: one
        for one in (
            Student("ada", "Lovelace, Ada", "Ada@x.edu", login="al7", number="0815"),
            Student("doe1", "Doe, Jane", "jane@x.edu"),
            Student("doe2", "Doe, Jane"),
            Student("bo", "Berg, Bo", group="Team 1"),
            Student("cy", "Cohn, Cy", group="Team 1"),
        )
    }
)


@pytest.mark.parametrize(
    "wanted", ["ada", "Ada Lovelace", "Lovelace, Ada", "lovelace ada", "ada@X.edu", "AL7", "0815", "ADA"]
)
def test_a_student_is_found_by_whatever_the_roster_has(wanted):
    assert find_student(wanted, ["ada", "bo"], ROSTER) == "ada"


def test_a_folder_comes_before_what_the_roster_has():
    assert find_student("ada@x.edu", ["ada", "ada@x.edu"], ROSTER) == "ada@x.edu"


def test_who_handed_in_with_a_group_is_the_group():
    assert find_student("Bo Berg", ["Team 1"], ROSTER) == "Team 1"
    assert find_student("cy", ["cy", "Team 1"], ROSTER) == "cy"


def test_several_who_may_be_meant_are_named_though_one_alone_handed_in():
    with pytest.raises(UsageError, match=r"Jane Doe \(doe1\), Jane Doe \(doe2\)"):
        find_student("Jane Doe", ["doe1"], ROSTER)
    assert find_student("jane@x.edu", ["doe1"], ROSTER) == "doe1"


def test_who_is_nowhere_is_as_their_folder_would_be_called():
    assert find_student("nobody", ["ada"], ROSTER) == "nobody"
    assert find_student("Ada Lovelace", ["ada"], Roster()) == "Ada Lovelace"
