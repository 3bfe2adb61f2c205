"""docs/redteam.md: what was tried, and what of it held where."""

from collections.abc import Sequence
from pathlib import Path

from redteam.attack import FAMILIES
from redteam.graded_class import Graded

PAGE = Path(__file__).resolve().parents[2] / "docs" / "redteam.md"
HEAD = """\
# What was tried against the grader

`make redteam` grades every submission of `autograder/redteam/attacks/` as a class, by `cnnkit collect`, `grade`,
`feedback` and `export`, and writes this page. An attack holds where it got the score that it honestly earns, the
others' scores are theirs, nothing secret stands in its notebook, page or log, nothing in them would run, nobody
outside heard anything, no process and no file is left, and staff are told what its file says. Layers are named by the
attack's author; [SECURITY.md](../autograder/SECURITY.md) tells what each is. Where root started it, it is run as an
ordinary user, too, if such a one can read the Python installation.

"""


def write_table(graded: Sequence[Graded]) -> None:
    lines = [HEAD]
    count = len(graded[0].attacks)
    for one in graded:
        held = count - len(one.faults)
        rest = f"; of the class: {'; '.join(one.of_class)}" if one.of_class else ""
        lines.append(f"- {one.setting.name}: {held} of {count} held{rest}\n")
    for family in FAMILIES:
        lines.append(
            f"\n## {family.replace('_', ' ').capitalize()}\n\n"
            "| attack | what it tries | stopped by | held |\n|---|---|---|---|\n"
        )
        for attack in graded[0].attacks:
            if attack.family == family:
                open_to = [one.setting.name for one in graded if attack.student in one.faults]
                held = f"**not** as {'; '.join(open_to)}" if open_to else "everywhere"
                name = attack.name.replace("_", " ")
                lines.append(
                    f"| {name} | {attack.story.replace('|', '/')} | {', '.join(attack.due.layers)} | {held} |\n"
                )
    PAGE.write_text("".join(lines), encoding="utf-8")
