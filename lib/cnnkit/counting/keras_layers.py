"""What a Keras layer is as specs. A layer that is not listed here is an error, never a zero."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from cnnkit.counting.errors import CountingError
from cnnkit.counting.specs import (
    Activation,
    Add,
    BatchNormalization,
    BilinearUpsampling2D,
    Concatenate,
    Conv2D,
    Conv2DTranspose,
    Cropping2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    FractionalPooling2D,
    GlobalPooling2D,
    Input,
    LocalResponseNormalization,
    MultiHeadAttention,
    Multiply,
    PartiallyConnectedConv2D,
    Pooling2D,
    RadialBasisOutput,
    Reshape,
    SampleNormalization,
    Scale,
    Shape,
    SpatialPyramidPooling2D,
    Spec,
    TrainableSubsampling,
    Unpooling2D,
    ZeroPadding2D,
)


def specs_of_layer(layer: Any, name: str, inputs: Sequence[str], shapes: Sequence[Shape], output: Shape) -> list[Spec]:
    """The specs of one use of a layer, the last of which has its output.

    inputs, shapes: names and shapes of what it takes. output: the shape that Keras gives. Raises
    CountingError for a layer that is not known, and for channels that come first.
    """
    import keras

    from cnnkit import layers

    kind = type(layer).__name__
    itself = type(layer) in (getattr(keras.layers, kind, None), getattr(layers, kind, None))  # and no subclass
    if not (itself or (kind in OPERATIONS and type(layer).__module__.startswith(("keras.src.ops", "keras.src.app")))):
        kind = ""
    if kind not in SIMPLE.keys() | COMPOUND.keys():
        raise CountingError(
            f"{type(layer).__name__} is not known here, so it cannot be counted; make it of layers of keras or cnnkit, "
            "or give count a list of specs"
        )
    if getattr(layer, "data_format", None) == "channels_first":
        raise CountingError(f"{kind} has its channels first; counted are models with data_format 'channels_last'")
    if kind in SIMPLE:
        spec = SIMPLE[kind](layer, output)
        if len(inputs) == 1 and isinstance(spec, Add):  # with a number that stands in the program
            spec = Scale()
        specs = [replace(spec, name=name, inputs=tuple(inputs))]
    else:
        specs = COMPOUND[kind](layer, name, tuple(inputs), shapes[0])
    function = None if kind == "Activation" else _function(getattr(layer, "activation", None))
    return [*specs, Activation(function, name=f"{name}_{function}", inputs=(name,))] if function else specs


def _function(activation: Any) -> str | None:
    """The name of an activation function; None for none."""
    name = getattr(activation, "__name__", None) or (activation and type(activation).__name__.lower())
    return None if name == "linear" else name


def _pad(layer: Any) -> Any:
    return getattr(layer, "pad", layer.padding)


def _conv(layer: Any, output: Shape) -> Spec:
    size, strides, rate = layer.kernel_size, layer.strides, layer.dilation_rate
    return Conv2D(layer.filters, size, strides, _pad(layer), rate, layer.groups, layer.use_bias)


def _depthwise(layer: Any, output: Shape) -> Spec:
    size, strides, rate = layer.kernel_size, layer.strides, layer.dilation_rate
    return DepthwiseConv2D(size, strides, layer.padding, rate, layer.depth_multiplier, layer.use_bias)


def _transpose(layer: Any, output: Shape) -> Spec:
    if layer.output_padding is not None:
        raise CountingError("Conv2DTranspose is counted without output_padding")
    size, strides, rate = layer.kernel_size, layer.strides, layer.dilation_rate
    return Conv2DTranspose(layer.filters, size, strides, layer.padding, layer.use_bias, rate)


def _pooling(layer: Any, output: Shape) -> Spec:
    return Pooling2D(_size(layer.pool_size), _size(layer.strides), layer.padding)


def _windows(layer: Any, output: Shape) -> Spec:
    return Pooling2D(layer.pool_size)


def _global_pooling(layer: Any, output: Shape) -> Spec:
    return GlobalPooling2D(keep=layer.keepdims)


def _size(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _batch_norm(layer: Any, output: Shape) -> Spec:
    return BatchNormalization(layer.scale, layer.center)


def _layer_norm(layer: Any, output: Shape) -> Spec:
    return SampleNormalization(layer.scale, layer.center, over=_along(layer.axis))


def _rms_norm(layer: Any, output: Shape) -> Spec:
    return SampleNormalization(shift=False, over=_along(layer.axis))


def _unit_norm(layer: Any, output: Shape) -> Spec:
    return SampleNormalization(scale=False, shift=False, over=_along(layer.axis))


def _along(axis: Any) -> tuple[bool, bool]:
    """Whether rows, and whether columns, of (batch, rows, columns, channels) are among the axes; all where None."""
    axes = (0, 1, 2, 3) if axis is None else axis if isinstance(axis, (list, tuple)) else (axis,)
    return any(one in (1, -3) for one in axes), any(one in (2, -2) for one in axes)


def _group_norm(layer: Any, output: Shape) -> Spec:
    return SampleNormalization(layer.scale, layer.center)


def _lrn(layer: Any, output: Shape) -> Spec:
    return LocalResponseNormalization(layer.n)


def _upsampling(layer: Any, output: Shape) -> Spec:
    kinds = {"nearest": Unpooling2D, "bilinear": BilinearUpsampling2D}
    if layer.interpolation not in kinds:
        raise CountingError(
            f"UpSampling2D is counted as nearest or bilinear, and its interpolation is {layer.interpolation}"
        )
    return kinds[layer.interpolation](_size(layer.size))


def _unpooling(layer: Any, output: Shape) -> Spec:
    return Unpooling2D(getattr(layer, "size", None) or layer.pool_size)


def _activation(layer: Any, output: Shape) -> Spec:
    if hasattr(layer, "activation"):
        return Activation(_function(layer.activation) or "linear")
    return Activation(_named(layer), over=_along(getattr(layer, "axis", -1)) if len(output) == 3 else (False, False))


def _named(layer: Any) -> str:
    return type(layer).__name__.lower()


def _prelu(layer: Any, output: Shape) -> Spec:
    return Activation("prelu", learned=layer.count_params())


def _partially(layer: Any, output: Shape) -> Spec:
    columns = layer.connections.T.tolist()
    return PartiallyConnectedConv2D(
        tuple(tuple(row for row, connected in enumerate(column) if connected) for column in columns), layer.kernel_size
    )


def _concatenate(layer: Any, output: Shape) -> Spec:
    return Concatenate(_along(layer.axis) if len(output) == 3 else (False, False))


def _scale(layer: Any, output: Shape) -> Spec:
    return Scale(times=1, learned=_parameters(layer))


def _scale_and_shift(layer: Any, output: Shape) -> Spec:
    return Scale(times=2, kept=_parameters(layer))


def _parameters(layer: Any) -> int:
    return layer.count_params() if hasattr(layer, "count_params") else 0  # an operation has none


def _sum(layer: Any, output: Shape) -> Spec:
    return Add()


def _inert(layer: Any, output: Shape) -> Spec:
    return Dropout()


def _attention(layer: Any, output: Shape) -> Spec:
    heads, keys, values = layer.num_heads, layer.key_dim, layer.value_dim
    axes = layer._attention_axes
    if axes is not None and len(axes) != len(output) - 1:
        raise CountingError(f"MultiHeadAttention is counted over all places, and its attention_axes are {axes}")
    return MultiHeadAttention(heads, keys, values, output[-1], layer._use_bias)


ACTIVATIONS = (
    "Activation ReLU LeakyReLU ELU Softmax GuidedReLU ScaledTanh Relu Relu6 Elu Gelu Silu Tanh Sigmoid HardSigmoid "
    "HardSilu Softplus Exp Square LogSoftmax"
).split()
INERT = ("Dropout SpatialDropout2D GaussianDropout GaussianNoise AlphaDropout Identity ActivityRegularization").split()

SIMPLE: dict[str, Callable[[Any, Shape], Spec]] = {
    "InputLayer": lambda layer, output: Input(output),
    "Conv2D": _conv,
    "PaddedConv2D": _conv,
    "DepthwiseConv2D": _depthwise,
    "Conv2DTranspose": _transpose,
    "PartiallyConnectedConv2D": _partially,
    "Dense": lambda layer, output: Dense(layer.units, layer.use_bias),
    "RadialBasisOutput": lambda layer, output: RadialBasisOutput(len(layer.codes)),
    "Flatten": lambda layer, output: Flatten(),
    "Reshape": lambda layer, output: Reshape(output),
    "ZeroPadding2D": lambda layer, output: ZeroPadding2D(layer.padding),
    "Cropping2D": lambda layer, output: Cropping2D(layer.cropping),
    "MaxPooling2D": _pooling,
    "AveragePooling2D": _pooling,
    "MaxPoolingWithIndices2D": _windows,
    "StochasticPooling2D": _windows,
    "TopLeftPooling2D": _windows,
    "TrainableSubsampling": lambda layer, output: TrainableSubsampling(layer.pool_size),
    "FractionalMaxPooling2D": lambda layer, output: FractionalPooling2D(layer.pooling_ratio, layer.overlapping),
    "SpatialPyramidPooling2D": lambda layer, output: SpatialPyramidPooling2D(layer.levels),
    "GlobalAveragePooling2D": _global_pooling,
    "GlobalMaxPooling2D": _global_pooling,
    "UpSampling2D": _upsampling,
    "BedOfNails2D": _unpooling,
    "MaxUnpooling2D": _unpooling,
    "BatchNormalization": _batch_norm,
    "LayerNormalization": _layer_norm,
    "GroupNormalization": _group_norm,
    "LocalResponseNormalization": _lrn,
    "RMSNormalization": _rms_norm,
    "UnitNormalization": _unit_norm,
    "Normalization": _scale_and_shift,
    "Rescaling": _scale_and_shift,
    "LayerScale": _scale,  # of ConvNeXt
    "Concatenate": _concatenate,
    **dict.fromkeys(("Add", "Subtract", "Average", "Maximum", "Minimum", "Divide", "TrueDivide"), _sum),
    "CustomScaleLayer": _sum,  # of Inception-ResNet, whose scale of the branch is not counted
    "Multiply": lambda layer, output: Multiply(),
    "MultiHeadAttention": _attention,
    **dict.fromkeys(ACTIVATIONS, _activation),
    "PReLU": _prelu,
    **dict.fromkeys(INERT, _inert),
}
# What keras.ops leaves in a graph, and layers of keras.applications that Keras does not export.
OPERATIONS = {
    *"Add Subtract Multiply Divide TrueDivide Maximum Minimum LayerScale CustomScaleLayer".split(),
    *"Relu Relu6 Elu Gelu Silu Tanh Sigmoid HardSigmoid HardSilu Softplus Exp Square Softmax LogSoftmax".split(),
}


def _separable(layer: Any, name: str, inputs: tuple[str, ...], shape: Shape) -> list[Spec]:
    depthwise = DepthwiseConv2D(
        layer.kernel_size, layer.strides, layer.padding, layer.dilation_rate, layer.depth_multiplier, bias=False
    )
    return _chain(name, inputs, {"_depthwise": depthwise, "": Conv2D(layer.filters, 1, bias=layer.use_bias)})


def _squeeze(layer: Any, name: str, inputs: tuple[str, ...], shape: Shape) -> list[Spec]:
    gate = {
        "_mean": GlobalPooling2D(),
        "_reduce": Dense(shape[-1] // layer.ratio, layer.use_bias),
        "_reduce_relu": Activation("relu"),
        "_expand": Dense(shape[-1], layer.use_bias),
        "_expand_sigmoid": Activation("sigmoid"),
    }
    return [*_chain(name, inputs, gate), Multiply(name=name, inputs=(*inputs, f"{name}_expand_sigmoid"))]


def _pyramid(layer: Any, name: str, inputs: tuple[str, ...], shape: Shape) -> list[Spec]:
    def branch(suffix: str, kernel: int, rate: int = 1) -> dict[str, Spec]:
        convolution = Conv2D(layer.filters, kernel, pad="same", dilation=rate, bias=False)
        return {f"{suffix}_conv": convolution, f"{suffix}_norm": BatchNormalization(), suffix: Activation("relu")}

    branches = [
        branch("_1x1", 1),
        *(branch(f"_rate{number}_{rate}", 3, rate) for number, rate in enumerate(layer.rates, 1)),
    ]
    spread = Unpooling2D((shape[0], shape[1]))
    image = {"_mean": GlobalPooling2D(keep=True), **branch("_image", 1), "_spread": spread}
    specs = [spec for part in (*branches, image) for spec in _chain(name, inputs, part)]
    ends = tuple(f"{name}{list(part)[-1]}" for part in (*branches, image))
    joined = Concatenate(name=f"{name}_concatenate", inputs=ends)
    projection = branch("_projection", 1)
    projection[""] = projection.pop("_projection")
    return [*specs, joined, *_chain(name, (joined.name,), projection)]


def _chain(name: str, inputs: tuple[str, ...], parts: dict[str, Spec]) -> list[Spec]:
    """The parts one after the other, each called after the layer and its own suffix."""
    names = [f"{name}{suffix}" for suffix in parts]
    takes = [inputs, *((before,) for before, _ in pairwise(names))]
    return [
        replace(spec, name=own, inputs=taken) for spec, own, taken in zip(parts.values(), names, takes, strict=True)
    ]


COMPOUND: dict[str, Callable[[Any, str, tuple[str, ...], Shape], list[Spec]]] = {
    "SeparableConv2D": _separable,
    "SqueezeAndExcitation": _squeeze,
    "AtrousSpatialPyramidPooling2D": _pyramid,
}
