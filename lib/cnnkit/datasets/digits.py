"""scikit-learn's handwritten digits, enlarged in the manner of MNIST. No TensorFlow."""

from functools import cache

import numpy as np

SIZE = 28
SCALE = 2.5  # 8 pixels become 20, as MNIST fits its digits into 20 x 20 before it centres them in 28 x 28
LEVELS = 16.0
SEED = 28


def digit_arrays(split: str = "train") -> tuple[np.ndarray, np.ndarray]:
    """The images and labels of `digits28`, in a fixed order.

    Args:
        split: "train" (1,433 digits) or "test" (364), disjoint and with every digit's share in both.

    Returns:
        uint8 images (n, 28, 28, 1), white on black, and int64 labels (n,) from 0 to 9.

    References:
        Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI, 1998: its test set of 1,797 real digits
        of 8 x 8 pixels in 17 levels, which scikit-learn carries.
    """
    images, labels, is_test = _digits()
    if split not in ("train", "test"):
        raise ValueError(f"split {split!r} of digits28: there are 'train' and 'test'")
    chosen = is_test if split == "test" else ~is_test
    return images[chosen], labels[chosen]


@cache
def _digits() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits

    digits = load_digits()
    labels = digits.target.astype(np.int64)
    # RandomState's stream is frozen: the split is the same under every version of NumPy.
    order = np.random.RandomState(SEED).permutation(len(labels))
    is_test = np.zeros(len(labels), bool)
    for digit in range(10):
        is_test[order[labels[order] == digit][::5]] = True
    return np.stack([_enlarge(image) for image in digits.images]), labels, is_test


def _enlarge(image: np.ndarray) -> np.ndarray:
    """The 8x8 image in cubic splines, its centre of mass in the middle of 28x28x1."""
    from scipy import ndimage

    corner = np.array(ndimage.center_of_mass(image)) - (SIZE - 1) / 2 / SCALE
    large: np.ndarray = ndimage.affine_transform(
        image, [1 / SCALE, 1 / SCALE], corner, (SIZE, SIZE), order=3, mode="grid-constant"
    )
    return np.rint(255 * np.clip(large / LEVELS, 0, 1)).astype(np.uint8)[..., None]
