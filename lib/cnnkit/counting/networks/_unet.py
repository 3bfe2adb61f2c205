"""U-Net, with unpadded convolutions."""

from cnnkit.counting.networks.parts import conv
from cnnkit.counting.specs import Concatenate, Conv2D, Conv2DTranspose, Cropping2D, Dropout, Input, Pooling2D, Spec


def unet() -> list[Spec]:
    """31,030,658 parameters, 572x572 to 388x388. Source: Ronneberger et al., 2015, figure 1; lectures L0 and L4."""
    layers: list[Spec] = [Input((572, 572, 1), name="input")]
    for level in range(1, 5):
        layers += [*_double(f"down{level}", 64 * 2 ** (level - 1)), Pooling2D(2, name=f"down{level}_pool")]
    layers += [*_double("bottom", 1024), Dropout(name="dropout")]
    for level, margin in zip(range(4, 0, -1), (4, 16, 40, 88), strict=True):
        name, filters = f"up{level}", 64 * 2 ** (level - 1)
        layers += [
            Conv2DTranspose(filters, 2, 2, name=f"{name}_upsample"),
            Cropping2D(margin, name=f"{name}_crop", inputs=f"down{level}_second_relu"),
            Concatenate(name=f"{name}_concatenate", inputs=(f"{name}_crop", f"{name}_upsample")),
            *_double(name, filters),
        ]
    return [*layers, Conv2D(2, 1, name="output")]


def _double(name: str, filters: int) -> list[Spec]:
    return [*conv(f"{name}_first", filters, 3, pad=0), *conv(f"{name}_second", filters, 3, pad=0)]
