from graphlib import TopologicalSorter

import cnngrader
from cnnkit.testing import check_floors, imports_of

FLOORS = """
    errors did_you_mean plain_text cells files table_file no_uri_grammar installed console diagnosis
    ids when stamp_file declared attempt_rule rubric_item course_file
    sandbox showing
    assignment course pseudonyms kernel
    roster submission
    gradebook
    authoring collecting handout
    grading
    workers
    verifying pages similar ordinary reporting exporting privacy
    serving
    doctor
    commands
    __main__
"""
"""From the lowest up: what stands on a floor imports from those below it, and from its neighbours to the left."""


def test_imports_go_downwards_only():
    check_floors(cnngrader, FLOORS)


def test_no_imports_run_in_a_circle():
    TopologicalSorter(imports_of(cnngrader)).prepare()  # raises CycleError
