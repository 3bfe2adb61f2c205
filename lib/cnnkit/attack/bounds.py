"""The images an attack may reach: held exactly, in float32, whatever is subtracted from whatever."""

from typing import Any

import numpy as np

Range = tuple[float, float]


def box(images: np.ndarray, epsilon: float, value_range: Range) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and the highest images within epsilon of these, and within the range of pixels.

    images: float32. epsilon: largest |change| of a value. value_range: (lowest, highest) pixel.

    Returns float32 arrays `low <= images <= high` of the images' shape. Whatever lies between them
    differs from the images by epsilon at most, not by a rounding error more. Raises ValueError for
    images that are not in the range themselves.

    >>> low, high = box(np.array([0.0, 0.5], "float32"), 0.1, (0, 1))
    >>> bool((0.5 - low.astype("float64")[1]) <= 0.1), low.min().item(), high.round(6).tolist()
    (True, 0.0, [0.10000000149011612, 0.6000000238418579])
    """
    check_range(images, value_range)
    check_epsilon(epsilon)
    exact = images.astype("float64")
    ends = _float32_range(value_range)
    low, high = (exact - epsilon).astype("float32"), (exact + epsilon).astype("float32")
    too_low, too_high = exact - low > epsilon, high - exact > epsilon
    low[too_low] = np.nextafter(low[too_low], np.float32(np.inf))
    high[too_high] = np.nextafter(high[too_high], np.float32(-np.inf))
    # The range's own ends were rounded inwards; an image at such an end stays where it is.
    return np.minimum(np.maximum(low, ends[0]), images), np.maximum(np.minimum(high, ends[1]), images)


def ball(images: np.ndarray, changed: np.ndarray, epsilon: float) -> np.ndarray:
    """The changed images drawn back to a Euclidean distance of epsilon at most from the images, each by itself.

    images, changed: float32. Those further away come to a millionth less than epsilon, so that the
    distance is within it however it is summed; others stay as they are.

    >>> ball(np.zeros((2, 2), "float32"), np.array([[3, 4], [0.3, 0.4]], "float32"), 1.0).round(3).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.30000001192092896, 0.4000000059604645]]
    """
    check_epsilon(epsilon)
    limit = epsilon * (1 - 1e-6)
    exact = images.astype("float64")
    change = changed.astype("float64") - exact
    norms = np.sqrt(np.sum(change**2, axis=tuple(range(1, images.ndim)), keepdims=True))
    far = norms > limit
    change *= np.where(far, limit / np.where(far, norms, 1), 1)
    drawn = (exact + change).astype("float32")
    # Rounded towards the image, so that no value's change is longer than it should be.
    drawn = np.where(np.abs(drawn - exact) > np.abs(change), np.nextafter(drawn, images), drawn)
    return np.where(far, drawn, changed)


def check_range(images: np.ndarray, value_range: Range) -> None:
    low, high = value_range
    if not low < high:
        raise ValueError(f"value_range is (lowest, highest) pixel, and received {value_range!r}")
    if images.min() < np.float32(low) or images.max() > np.float32(high):
        raise ValueError(
            f"pixels are from {low} to {high}, and received some from {images.min():.6g} to {images.max():.6g}: "
            "give the value_range that your images have"
        )


def check_epsilon(epsilon: Any) -> None:
    if not isinstance(epsilon, (int, float, np.integer, np.floating)) or not 0 <= epsilon < np.inf:
        raise ValueError(f"epsilon is a number from 0 on, in the units of the pixels, and received {epsilon!r}")


def _float32_range(value_range: Range) -> tuple[np.float32, np.float32]:
    low, high = np.float32(value_range[0]), np.float32(value_range[1])
    low = low if float(low) >= value_range[0] else np.nextafter(low, np.float32(np.inf))
    high = high if float(high) <= value_range[1] else np.nextafter(high, np.float32(-np.inf))
    return low, high
