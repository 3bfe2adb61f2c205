"""What columns of a table of students are called, by us and by others."""

import re
from collections.abc import Sequence

COLUMNS = ("id", "name", "email", "login", "number", "canvas", "moodle", "group")
"""Those of students.csv that we know; further ones are kept as they are."""

_ALIASES = {
    "id": "id studentid",
    "name": "name fullname displayname studentname",
    "first": "firstname givenname forename",
    "last": "lastname surname familyname",
    "email": "email emailaddress mail",
    "login": "login username netid sisloginid loginid",
    "number": "number studentnumber sid sisuserid idnumber orgdefinedid matriculationnumber matrikelnummer",
    "canvas": "canvas canvasid",
    "moodle": "moodle moodleid",
    "group": "group groups team",
}
_MEANT = {alias: column for column, aliases in _ALIASES.items() for alias in aliases.split()}


def find_columns(header: Sequence[str]) -> dict[str, str]:
    """{column: its heading here}; where several headings mean one column, the first."""
    found: dict[str, str] = {}
    for heading in header:
        if meant := _MEANT.get(re.sub(r"[\W_]", "", heading.casefold())):
            found.setdefault(meant, heading)
    return found
