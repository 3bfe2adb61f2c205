"""LeNet-5's output: distances to fixed codes."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from cnnkit.layers.precision import as_floats, back_to, for_sums


@keras.saving.register_keras_serializable(package="cnnkit")
class RadialBasisOutput(keras.layers.Layer):
    """-|x - code|^2 for the code of each class: the nearest code has the greatest output.

    No parameters. The outputs are logits: train with `SparseCategoricalCrossentropy(from_logits=True)`, which is the
    paper's equation 9 without its constant j; its equation 8 is the mean of the right class's -output.

    Args:
        codes: (classes, features), one fixed code for each class. They are not trained.

    Input shape:
        (batch, features).

    Output shape:
        (batch, classes), at most 0.

    Raises:
        ValueError: for other inputs and arguments.

    References:
        LeCun et al. 1998, equation 7, with the sign turned.

    Example:

    >>> output = RadialBasisOutput([[1, 1], [1, -1]])(keras.ops.array([[1.0, 1.0]]))
    >>> keras.ops.convert_to_numpy(output + 0).tolist()
    [[0.0, -4.0]]
    """

    def __init__(self, codes: Sequence[Sequence[float]] | np.ndarray, **kwargs: Any):
        super().__init__(**kwargs)
        self.codes = np.array(codes, dtype="float32")
        if self.codes.ndim != 2 or not self.codes.size:
            raise ValueError(f"codes is a table (classes, features), and received shape {self.codes.shape}")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.compute_output_shape(input_shape)
        self.input_spec = keras.InputSpec(ndim=2, axes={-1: self.codes.shape[1]})

    def call(self, inputs: Any) -> Any:
        values = for_sums(as_floats(inputs, self.compute_dtype))
        difference = ops.expand_dims(values, 1) - ops.cast(self.codes, values.dtype)
        return back_to(self.compute_dtype, -ops.sum(ops.square(difference), axis=2))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        classes, features = self.codes.shape
        if len(input_shape) != 2 or input_shape[1] != features:
            raise ValueError(f"RadialBasisOutput takes (batch, {features}), and received shape {tuple(input_shape)}")
        return (input_shape[0], classes)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "codes": self.codes.tolist()}
