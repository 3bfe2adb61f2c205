"""Networks of the lectures, built and not yet compiled. This list is what is public."""

from cnnkit.models.lenet5 import LENET5_C3, lenet5
from cnnkit.models.mnist_l1 import mnist_l1

__all__ = ["LENET5_C3", "lenet5", "mnist_l1"]
