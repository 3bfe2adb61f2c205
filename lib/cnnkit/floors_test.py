from graphlib import TopologicalSorter

import cnnkit
from cnnkit.testing import check_floors, imports_of

FLOORS = """
    tensorflow_remarks replaced check datasets losses segmentation photographs pictures callbacks graph gradients layers
    pretrained augment blocks counting diagrams model_view
    models visualize
    attack
"""
"""From the lowest up: what stands on a floor imports from those below it, and from its neighbours to the left."""


def test_imports_go_downwards_only():
    check_floors(cnnkit, FLOORS)


def test_no_imports_run_in_a_circle():
    TopologicalSorter(imports_of(cnnkit)).prepare()  # raises CycleError
