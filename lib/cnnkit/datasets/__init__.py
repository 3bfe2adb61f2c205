"""Images to learn from, as NumPy arrays or as TFDS builders: digits, cells, and a user's own.

TensorFlow is imported by the first `load` or `builder`; nothing else here needs it.
"""

from cnnkit.datasets._cell_arrays import cell_arrays
from cnnkit.datasets.digits import digit_arrays
from cnnkit.datasets.errors import DataError
from cnnkit.datasets.home import data_home
from cnnkit.datasets.idx import read_idx
from cnnkit.datasets.image_pairs import read_image_pairs
from cnnkit.datasets.loading import builder, load

__all__ = ["DataError", "builder", "cell_arrays", "data_home", "digit_arrays", "load", "read_idx", "read_image_pairs"]
