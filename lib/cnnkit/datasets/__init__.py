"""Images of digits to learn from, as NumPy arrays or as TFDS builders.

TensorFlow is imported by the first `load` or `builder`; `digit_arrays` and `read_idx` never need it.
"""

from cnnkit.datasets.digits import digit_arrays
from cnnkit.datasets.errors import DataError
from cnnkit.datasets.home import data_home
from cnnkit.datasets.idx import read_idx
from cnnkit.datasets.loading import builder, load

__all__ = ["DataError", "builder", "data_home", "digit_arrays", "load", "read_idx"]
