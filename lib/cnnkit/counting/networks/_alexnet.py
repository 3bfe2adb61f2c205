"""AlexNet, as the lectures give it three times."""

from cnnkit.counting.networks.parts import conv, dense
from cnnkit.counting.specs import Conv2D, Dense, Dropout, Flatten, Input, LocalResponseNormalization, Pooling2D, Spec


def alexnet(grouped: bool) -> list[Spec]:
    """The paper's, grouped for two GPUs, 60,965,224 parameters; or lecture L4's listing, without groups, 62,378,344.

    The listing has its norms after the poolings.

    Source: Krizhevsky et al., 2012, section 3; lectures L0 and L4.
    """
    groups = 2 if grouped else 1

    def after(which: int) -> list[Spec]:
        norm, pool = LocalResponseNormalization(name=f"norm{which}"), Pooling2D(3, 2, name=f"pool{which}")
        return [norm, pool] if grouped else [pool, norm]

    return [
        Input((227, 227, 3), name="input"),
        *conv("conv1", 96, 11, stride=4, pad=0),
        *after(1),
        *conv("conv2", 256, 5, pad=2, groups=groups),
        *after(2),
        *conv("conv3", 384, 3, pad=1),
        *conv("conv4", 384, 3, pad=1, groups=groups),
        *conv("conv5", 256, 3, pad=1, groups=groups),
        Pooling2D(3, 2, name="pool5"),
        Flatten(name="flatten"),
        *dense("fc6", 4096),
        Dropout(name="drop6"),
        *dense("fc7", 4096),
        Dropout(name="drop7"),
        *dense("fc8", 1000, "softmax"),
    ]


def alexnet_table() -> list[Spec]:
    """61,100,840 parameters: the rows of lecture L4's table and no others, so without activations and dropout."""
    return [
        Input((227, 227, 3), name="input"),
        Conv2D(64, 11, 4, pad=2, name="conv1"),
        Pooling2D(3, 2, name="pool1"),
        Conv2D(192, 5, pad=2, name="conv2"),
        Pooling2D(3, 2, name="pool2"),
        Conv2D(384, 3, pad=1, name="conv3"),
        Conv2D(256, 3, pad=1, name="conv4"),
        Conv2D(256, 3, pad=1, name="conv5"),
        Pooling2D(3, 2, name="pool5"),
        Flatten(name="flatten"),
        Dense(4096, name="fc6"),
        Dense(4096, name="fc7"),
        Dense(1000, name="fc8"),
    ]
