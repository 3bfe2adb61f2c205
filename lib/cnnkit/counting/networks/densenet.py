"""DenseNet-121."""

from cnnkit.counting.networks.parts import conv_norm, dense, norm_conv
from cnnkit.counting.specs import Activation, BatchNormalization, Concatenate, GlobalPooling2D, Input, Pooling2D, Spec


def densenet121() -> list[Spec]:
    """7,978,856 parameters. Source: Huang et al., 2017, table 1; lecture L4."""
    layers: list[Spec] = [
        Input((224, 224, 3), name="input"),
        *conv_norm("stem", 64, 7, 2),
        Pooling2D(3, 2, pad=1, name="stem_pool"),
    ]
    channels = 64
    for block, repeats in enumerate((6, 12, 24, 16), 1):
        for which in range(1, repeats + 1):
            name, x = f"block{block}_{which}", layers[-1].name
            layers += norm_conv(f"{name}_reduce", 128, 1) + norm_conv(name, 32, 3)
            layers.append(Concatenate(name=f"{name}_output", inputs=(x, f"{name}_conv")))
        channels += 32 * repeats
        if block < 4:
            channels //= 2
            layers += [*norm_conv(f"transition{block}", channels, 1), Pooling2D(2, name=f"transition{block}_pool")]
    return [
        *layers,
        BatchNormalization(name="norm"),
        Activation(name="activation"),
        GlobalPooling2D(name="average"),
        *dense("output", 1000, "softmax"),
    ]
