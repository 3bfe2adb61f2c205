"""Grade every attack in every setting, and write docs/redteam.md: python -m redteam"""

import sys
import time

from redteam.attack import attacks
from redteam.graded_class import grade_class
from redteam.setting import settings
from redteam.table import write_table


def main(names: list[str]) -> int:
    """names: parts of those that are meant; all where not given, and only then the table is written."""
    chosen = [attack for attack in attacks() if not names or any(name in attack.student for name in names)]
    graded = []
    for setting in settings():
        begun = time.monotonic()
        graded.append(grade_class(chosen, setting))
        print(f"{setting.name}: {len(chosen)} attacks in {time.monotonic() - begun:.0f} s", flush=True)
        for fault in graded[-1].told:
            print(f"    {fault}", flush=True)
    if not names:
        write_table(graded)
    return int(any(one.told for one in graded))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
