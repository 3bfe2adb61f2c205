"""The digits beside the notebook are the first of scikit-learn's, which the library has, too."""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

ROWS = np.loadtxt(Path(__file__).parent / "files" / "digits.csv", delimiter=",", dtype=int)


def test_the_digits_are_those_of_scikit_learn():
    digits = load_digits()
    np.testing.assert_array_equal(ROWS[:, 0], digits.target[: len(ROWS)])
    np.testing.assert_array_equal(ROWS[:, 1:].reshape(-1, 8, 8), digits.images[: len(ROWS)])


def test_those_to_learn_by_heart_are_two_of_each():
    np.testing.assert_array_equal(np.bincount(ROWS[:20, 0]), [2] * 10)
