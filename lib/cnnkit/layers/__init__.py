"""Layers of the lectures that Keras does not have. This list is what is public.

All are written in `keras.ops`, for any backend, and take channels last.
"""

from cnnkit.layers.partially_connected_conv2d import PartiallyConnectedConv2D
from cnnkit.layers.radial_basis_output import RadialBasisOutput
from cnnkit.layers.scaled_tanh import ScaledTanh, scaled_tanh
from cnnkit.layers.trainable_subsampling import TrainableSubsampling

__all__ = [
    "PartiallyConnectedConv2D",
    "RadialBasisOutput",
    "ScaledTanh",
    "TrainableSubsampling",
    "scaled_tanh",
]
