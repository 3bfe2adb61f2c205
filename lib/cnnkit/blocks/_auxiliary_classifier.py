"""GoogLeNet's auxiliary classifier."""

from keras import KerasTensor, layers

from cnnkit.blocks._conv_norm import part


def auxiliary_classifier(
    x: KerasTensor, classes: int, filters: int = 128, units: int = 1024, dropout: float = 0.7, name: str | None = None
) -> KerasTensor:
    """A classifier on features half way up, whose loss brings a gradient to the layers below it.

    Average pooling 5x5 with stride 3, a 1x1 convolution of `filters`, a dense layer of `units`, dropout, softmax.

    Args:
        x: (batch, height, width, channels), height and width known and 5 at least.
        classes: number of classes.
        filters: of the 1x1 convolution.
        units: of the dense layer before the last.
        dropout: share of the units that is dropped in training.
        name: of the layer of the probabilities, and before the names of the others.

    Output shape:
        (batch, classes), probabilities, by the layer `name`.

    Raises:
        ValueError: for maps that are too small or of unknown size.

    References:
        Szegedy et al. 2015, section 5: in training its loss counts 0.3, afterwards it is discarded; lecture L4,
        GoogLeNet.

    Example:

    >>> import keras
    >>> auxiliary_classifier(keras.Input((14, 14, 512)), classes=10, units=32).shape
    (None, 10)
    """
    if any(size is None or size < 5 for size in x.shape[1:3]):
        raise ValueError(f"auxiliary_classifier takes maps of known size, 5x5 at least, and received shape {x.shape}")
    x = layers.AveragePooling2D(5, 3, name=part(name, "pool"))(x)
    x = layers.Conv2D(filters, 1, activation="relu", kernel_initializer="he_normal", name=part(name, "conv"))(x)
    x = layers.Flatten(name=part(name, "flatten"))(x)
    x = layers.Dense(units, activation="relu", kernel_initializer="he_normal", name=part(name, "dense"))(x)
    x = layers.Dropout(dropout, name=part(name, "dropout"))(x)
    return layers.Dense(classes, activation="softmax", name=name)(x)
