"""Layers as their numbers alone. This list is all that can be counted; other layers are an error."""

from cnnkit.counting.specs.attention import MultiHeadAttention
from cnnkit.counting.specs.convolutions import Conv2D, Conv2DTranspose, DepthwiseConv2D, PartiallyConnectedConv2D
from cnnkit.counting.specs.merging import Add, Concatenate, Multiply
from cnnkit.counting.specs.normalization import (
    Activation,
    BatchNormalization,
    Dropout,
    LocalResponseNormalization,
    SampleNormalization,
    Scale,
)
from cnnkit.counting.specs.pooling import (
    FractionalPooling2D,
    GlobalPooling2D,
    Pooling2D,
    SpatialPyramidPooling2D,
    TrainableSubsampling,
)
from cnnkit.counting.specs.reach import Reach
from cnnkit.counting.specs.reuse import Reuse
from cnnkit.counting.specs.shaping import Cropping2D, Input, Reshape, ZeroPadding2D
from cnnkit.counting.specs.spec import EXTRAS, Shape, Spec
from cnnkit.counting.specs.upsampling import BilinearUpsampling2D, Unpooling2D
from cnnkit.counting.specs.vectors import Dense, Flatten, RadialBasisOutput

__all__ = [
    "EXTRAS",
    "Activation",
    "Add",
    "BatchNormalization",
    "BilinearUpsampling2D",
    "Concatenate",
    "Conv2D",
    "Conv2DTranspose",
    "Cropping2D",
    "Dense",
    "DepthwiseConv2D",
    "Dropout",
    "Flatten",
    "FractionalPooling2D",
    "GlobalPooling2D",
    "Input",
    "LocalResponseNormalization",
    "MultiHeadAttention",
    "Multiply",
    "PartiallyConnectedConv2D",
    "Pooling2D",
    "RadialBasisOutput",
    "Reach",
    "Reshape",
    "Reuse",
    "SampleNormalization",
    "Scale",
    "Shape",
    "SpatialPyramidPooling2D",
    "Spec",
    "TrainableSubsampling",
    "Unpooling2D",
    "ZeroPadding2D",
]
