"""U-Net."""

import keras
from keras import layers

from cnnkit.blocks import double_convolution, unet_down, unet_up
from cnnkit.layers.input_checks import check_positive
from cnnkit.models.sizes import check_classes, check_input, scaled


def unet(
    classes: int = 2,
    input_shape: tuple[int | None, int | None, int] = (572, 572, 1),
    width: float = 1.0,
    depth: int = 4,
    padding: str = "valid",
    dropout: float = 0.5,
) -> keras.Model:
    """Down to a sixteenth and up again, each step up beside the features of the step down.

    31,030,658 parameters. If "same", height and width are multiples of 2**depth, or None.

    Args:
        classes: channels of the output, the background among them.
        input_shape: (height, width, channels).
        width: multiplies the filters: 64 at the top, twice as many at each step down.
        depth: number of steps.
        padding: "valid" as in the paper, whose output is smaller than the input, see `unet_output_size`; "same" for an
            output of the input's size.
        dropout: share of the features at the bottom that is dropped in training.

    Input shape:
        (batch, *input_shape).

    Output shape:
        (batch, height', width', classes), logits: 388x388 of 572x572.

    Raises:
        ValueError: for sizes that do not fit, with the nearest that do.

    References:
        Ronneberger et al. 2015, figure 1; lectures L0 and L4, U-Net.

    Example:

    >>> unet(input_shape=(188, 204, 1), width=1 / 32).output_shape
    (None, 4, 20, 2)
    >>> unet(input_shape=(None, None, 3), width=1 / 32, depth=2, padding="same").output_shape
    (None, None, None, 2)
    """
    check_classes("unet", classes)
    check_positive("unet", depth=depth)
    if padding == "same":
        check_input("unet", input_shape, multiple=2**depth, least=2**depth, unknown=True)
    elif padding == "valid":
        for size in check_input("unet", input_shape)[:2]:
            unet_output_size(size, depth)
    else:
        raise ValueError(f"unet's padding is 'valid' or 'same', and received {padding!r}")
    x = inputs = keras.Input(input_shape)
    skips = []
    for level in range(1, depth + 1):
        features, x = unet_down(x, scaled(64 * 2 ** (level - 1), width), padding, name=f"down{level}")
        skips.append(features)
    x = double_convolution(x, scaled(64 * 2**depth, width), padding, name="bottom")
    x = layers.Dropout(dropout, name="dropout")(x)
    for level in range(depth, 0, -1):
        x = unet_up(x, skips[level - 1], scaled(64 * 2 ** (level - 1), width), padding, name=f"up{level}")
    return keras.Model(inputs, layers.Conv2D(classes, 1, name="output")(x), name="unet")


def unet_output_size(size: int, depth: int = 4) -> int:
    """Height or width of the output of `unet` with padding "valid", for that of its input.

    Args:
        size: in pixels.
        depth: number of poolings.

    Raises:
        ValueError: where the input does not fit: every pooling needs an even size.

    References:
        Ronneberger et al. 2015, section 2 and figure 1 (572 to 388), figure 2 (overlap-tile).

    Example:

    >>> unet_output_size(572), unet_output_size(188)
    (388, 4)
    """
    check_positive("unet_output_size", size=size, depth=depth)
    # 4 pixels less at each level: 4 * (1 + 2 + 4 + ...) down, as many up, and the bottom's 4.
    step, lost = 2**depth, 4 * (2**depth - 1)
    output = size - 2 * lost - 4 * step
    if output < 1 or (size - lost) % step:
        least = 1
        while (least - lost) % step or least - 2 * lost - 4 * step < 1:
            least += 1
        below = size - (size - least) % step
        near = [n for n in (below, below + step) if n >= least] or [least]
        raise ValueError(
            f"unet with padding 'valid' and depth {depth} takes heights and widths {least}, {least + step}, "
            f"{least + 2 * step} and so on, and received {size}; nearest: " + " and ".join(map(str, near))
        )
    return output
