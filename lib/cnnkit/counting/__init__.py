"""What a network costs, counted layer by layer: sizes, memory, parameters, operations, and their formulas.

Imports neither Keras nor matplotlib before they are needed. This list is what is public; `specs` has the layers.
"""

from cnnkit.counting import specs
from cnnkit.counting._bars import alternative_text, bars
from cnnkit.counting._count import count
from cnnkit.counting._diff import Diff, Difference, diff
from cnnkit.counting._from_keras import from_keras
from cnnkit.counting.columns import COLUMNS
from cnnkit.counting.conventions import CONVENTIONS, FLOP, LECTURE, MAC, Convention
from cnnkit.counting.errors import CountingError
from cnnkit.counting.formula import Formula, product
from cnnkit.counting.networks import NETWORKS
from cnnkit.counting.published import PUBLISHED, Published
from cnnkit.counting.row import Row, Total
from cnnkit.counting.table import Table

__all__ = [
    "COLUMNS",
    "CONVENTIONS",
    "FLOP",
    "LECTURE",
    "MAC",
    "NETWORKS",
    "PUBLISHED",
    "Convention",
    "CountingError",
    "Diff",
    "Difference",
    "Formula",
    "Published",
    "Row",
    "Table",
    "Total",
    "alternative_text",
    "bars",
    "count",
    "diff",
    "from_keras",
    "product",
    "specs",
]
