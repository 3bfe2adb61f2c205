"""The class, as students.csv has it."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from cnngrader.ids import normal, student_id
from cnngrader.roster.student import Student, letters

_NUMBERED = re.compile(r"(?P<name>.*[^\W\d].*)_(?P<number>\d+)", re.DOTALL)


@dataclass(frozen=True)
class Roster:
    """students: {id: student}, in the file's order. header, separator: the file's own, where there is one.

    False where there is no roster."""

    students: Mapping[str, Student] = field(default_factory=dict)
    header: Sequence[str] = ()
    separator: str = ","

    def __bool__(self) -> bool:
        return bool(self.students)

    @property
    def group_ids(self) -> set[str]:
        return {one.group_id for one in self.students.values() if one.group_id}

    def members(self, group: str) -> list[Student]:
        """Of the group whose folder is called so; nobody where there is none."""
        return [student for student in self.students.values() if student.group_id == group]

    def alone(self, id: str, present: Collection[str]) -> list[str]:
        """Whose hand-in it is: the student of the id, or those of the group who handed in nothing themselves."""
        members = [] if id in self.students else [one.id for one in self.members(id)]
        return [one for one in members if one not in present] or [id]

    def shown(self, id: str) -> str:
        """With the name, or a group with its members' names; only the id where the roster does not have it."""
        if id in self.students:
            return self.students[id].shown
        names = [student.called or student.id for student in self.members(id)]
        return f"{id} ({', '.join(names)})" if names else id

    def find(self, given: str) -> list[str]:
        """The ids of those who may be meant by what a platform calls somebody: an id, a login, a number, an address,
        a group, or a name with a platform's number, `doejane_4711`."""
        wanted = normal(given).casefold()
        exact = [id for id, one in self.students.items() if wanted in one.known_as() or student_id(given) == id]
        if exact:
            return exact
        if groups := self.group_ids:
            numbered = _NUMBERED.fullmatch(given)
            names = {student_id(given), student_id(numbered["name"]) if numbered else ""}
            if found := sorted(groups & names):
                return found
        return self._named(given)

    def _named(self, given: str) -> list[str]:
        match = _NUMBERED.fullmatch(given)
        name, number = (match["name"], match["number"]) if match else (given, "")
        named = [one for one in self.students.values() if one.name and letters(one.name) == letters(name)]
        if number and (certain := [one.id for one in named if number in (one.canvas, one.moodle)]):
            return certain
        if number and name == name.casefold() and " " not in name:  # Canvas's, whose number is the same for ever
            named = [one for one in named if not one.canvas]
        return [one.id for one in named]

    def absent(self, present: Collection[str]) -> list[Student]:
        """Who handed in nothing, themselves or with their group."""
        here = set(present)
        return [one for one in self.students.values() if not {one.id, one.group_id} & here]
