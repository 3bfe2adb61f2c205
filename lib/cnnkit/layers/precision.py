"""The types that layers compute in."""

from typing import Any

import keras
from keras import ops


def as_floats(inputs: Any, dtype: str) -> Any:
    """Whole numbers, as images from a file have, in the type that a layer computes in. Keras converts floats alone."""
    return inputs if keras.backend.is_float_dtype(inputs.dtype) else ops.cast(inputs, dtype)


def for_sums(inputs: Any) -> Any:
    """In float32 at least: sums and squares of half precision overflow."""
    return ops.cast(inputs, keras.backend.result_type(inputs.dtype, "float32"))


def back_to(dtype: str, sums: Any) -> Any:
    """In this type; where it ends earlier, at its largest number in place of infinity."""
    if keras.backend.standardize_dtype(dtype) == "float16":
        sums = ops.clip(sums, -65504.0, 65504.0)
    return ops.cast(sums, dtype)
