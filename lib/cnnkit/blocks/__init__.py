"""Blocks of the lectures' networks. This list is what is public.

Each is a function from a KerasTensor, channels last, to another, made of layers that Keras or
`cnnkit.layers` has: a network reads as the text that describes it, its summary, file and picture
show every layer, and there is nothing of a block to save or load.

`name` begins the names of a block's layers; without it Keras names them.
"""

from cnnkit.blocks._auxiliary_classifier import auxiliary_classifier
from cnnkit.blocks._conv_norm import conv_norm
from cnnkit.blocks._dense_block import dense_block
from cnnkit.blocks._dense_transition import dense_transition
from cnnkit.blocks._depthwise_separable import depthwise_separable
from cnnkit.blocks._double_convolution import double_convolution
from cnnkit.blocks._inception import inception
from cnnkit.blocks._residual_basic import residual_basic
from cnnkit.blocks._residual_bottleneck import residual_bottleneck
from cnnkit.blocks._resnext_bottleneck import resnext_bottleneck
from cnnkit.blocks._unet_down import unet_down
from cnnkit.blocks._unet_up import unet_up

__all__ = [
    "auxiliary_classifier",
    "conv_norm",
    "dense_block",
    "dense_transition",
    "depthwise_separable",
    "double_convolution",
    "inception",
    "residual_basic",
    "residual_bottleneck",
    "resnext_bottleneck",
    "unet_down",
    "unet_up",
]
