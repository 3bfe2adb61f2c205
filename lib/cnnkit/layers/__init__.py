"""Layers of the lectures that Keras does not have. This list is what is public.

All are written in `keras.ops`, for any backend, and take channels last.
"""

from cnnkit.layers._guided_relu import GuidedReLU, guided_relu
from cnnkit.layers._scaled_tanh import ScaledTanh, scaled_tanh
from cnnkit.layers.atrous_spatial_pyramid_pooling2d import AtrousSpatialPyramidPooling2D
from cnnkit.layers.bed_of_nails2d import BedOfNails2D
from cnnkit.layers.fractional_max_pooling2d import FractionalMaxPooling2D
from cnnkit.layers.local_response_normalization import LocalResponseNormalization
from cnnkit.layers.max_pooling_with_indices2d import MaxPoolingWithIndices2D
from cnnkit.layers.max_unpooling2d import MaxUnpooling2D
from cnnkit.layers.padded_conv2d import PaddedConv2D
from cnnkit.layers.partially_connected_conv2d import PartiallyConnectedConv2D
from cnnkit.layers.radial_basis_output import RadialBasisOutput
from cnnkit.layers.spatial_pyramid_pooling2d import SpatialPyramidPooling2D
from cnnkit.layers.squeeze_and_excitation import SqueezeAndExcitation
from cnnkit.layers.stochastic_pooling2d import StochasticPooling2D
from cnnkit.layers.top_left_pooling2d import TopLeftPooling2D
from cnnkit.layers.trainable_subsampling import TrainableSubsampling

__all__ = [
    "AtrousSpatialPyramidPooling2D",
    "BedOfNails2D",
    "FractionalMaxPooling2D",
    "GuidedReLU",
    "LocalResponseNormalization",
    "MaxPoolingWithIndices2D",
    "MaxUnpooling2D",
    "PaddedConv2D",
    "PartiallyConnectedConv2D",
    "RadialBasisOutput",
    "ScaledTanh",
    "SpatialPyramidPooling2D",
    "SqueezeAndExcitation",
    "StochasticPooling2D",
    "TopLeftPooling2D",
    "TrainableSubsampling",
    "guided_relu",
    "scaled_tanh",
]
