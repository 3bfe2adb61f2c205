"""A data set by its name."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cnnkit.datasets.errors import DataError, first_line
from cnnkit.datasets.home import data_home

if TYPE_CHECKING:
    import tensorflow_datasets as tfds

Pair = tuple[np.ndarray, np.ndarray]
NAMES = ("cells", "digits28", "mnist", "oxford_iiit_pet")


def load(name: str = "digits28", split: str = "train", *, data: str | Path | None = None) -> Pair:
    """Images of a split with their labels or masks, in a fixed order.

    Args:
        name: "digits28" (1,797 real digits), "mnist" (70,000), "cells" (60 images of cells, of edge 192; "cells/96" and
            "cells/512" have others) or "oxford_iiit_pet" (7,349 photographs of cats and dogs, brought to an edge of
            128; "oxford_iiit_pet/256" to another). digits28 and cells need no network.
        split: "train", "test", for cells also "validation", or a TFDS slice: "train[:100]", "test[50%:]".
        data: see `builder`. A folder with the two original files of one split of mnist serves that split.

    Returns:
        float32 images (n, height, width, channels) in [0, 1]; digits are 28 x 28, white on black. And int64 labels
        (n,), or masks (n, height, width): of cells they number them, see `cell_arrays`; of pets they are 0 for
        background, 1 for the animal, 2 for its rim.

    Raises:
        DataError: where the data cannot be had; the message says why, and what to do.
    """
    folder = _folder(data)
    if name == "mnist" and folder is not None:
        from cnnkit.datasets.mnist import has_only_one_split, mnist_files

        if has_only_one_split(folder):
            return _floats(*mnist_files(folder, split))
    if name.split("/")[0] == "oxford_iiit_pet":
        from cnnkit.datasets.pets import EDGE, resized

        edge = name.removeprefix("oxford_iiit_pet").removeprefix("/") or str(EDGE)
        if not edge.isdecimal() or not 1 <= int(edge) <= 1024:
            raise DataError(f"data set {name!r}: the edge is a number of pixels from 1 to 1024")
        pets = builder("oxford_iiit_pet", data=data)
        return _floats(*_checked(pets, split, lambda: resized(pets.as_dataset(split=split), int(edge))))
    return _floats(*_read(builder(name, data=data), split))


def builder(name: str = "digits28", *, data: str | Path | None = None) -> "tfds.core.DatasetBuilder":
    """The prepared TFDS builder, for tf.data: `builder().as_dataset(split="train")`.

    Args:
        name: "digits28", "mnist", "oxford_iiit_pet", "cells", or a size of cells: "cells/96", "cells/192", "cells/512".
        data: a TFDS data_dir to be used in place of `data_home()`; for mnist also a folder of the four original files.
            Where it is None and mnist is not prepared yet, the files are downloaded.

    Raises:
        DataError: where the data cannot be had; the message says why, and what to do.
    """
    if name == "digits28":
        from cnnkit.datasets.digits28 import Digits28
        from cnnkit.datasets.prepare import prepared

        return prepared(Digits28, _folder(data) or data_home())
    if name.split("/")[0] == "cells":
        from cnnkit.datasets.cells import Cells
        from cnnkit.datasets.prepare import prepared

        config = name.removeprefix("cells").removeprefix("/") or Cells.DEFAULT_BUILDER_CONFIG_NAME
        if config not in Cells.builder_configs:
            raise DataError(f"data set {name!r}: the sizes of cells are {', '.join(Cells.builder_configs)}")
        return prepared(Cells, _folder(data) or data_home(), config=config)
    if name == "mnist":
        from cnnkit.datasets.mnist import mnist_builder

        return mnist_builder(_folder(data))
    if name == "oxford_iiit_pet":
        from cnnkit.datasets.pets import pets_builder

        return pets_builder(_folder(data))
    raise DataError(f"data set {name!r}: there are {', '.join(NAMES)}")


def _folder(data: str | Path | None) -> Path | None:
    return None if data is None else Path(data).expanduser()


def _read(dataset: "tfds.core.DatasetBuilder", split: str) -> Pair:
    import tensorflow_datasets as tfds

    return _checked(
        dataset, split, lambda: tfds.as_numpy(dataset.as_dataset(split=split, batch_size=-1, as_supervised=True))
    )


def _checked(dataset: "tfds.core.DatasetBuilder", split: str, read: Callable[[], Pair]) -> Pair:
    """What `read` gives of a split; what TFDS raises comes as a DataError."""
    import tensorflow as tf

    try:
        return read()
    except ValueError as error:
        raise DataError(
            f"{dataset.name}: expected a split or its slice, found {split!r}: {first_line(error)}"
        ) from None
    except tf.errors.OpError as error:
        raise DataError(
            f"{dataset.data_dir}: expected {dataset.name}, found damage ({type(error).__name__}); "
            "delete that folder and load again"
        ) from None


def _floats(images: np.ndarray, labels: np.ndarray) -> Pair:
    if labels.ndim == 4:  # masks, which TFDS keeps as images of one channel
        labels = labels[..., 0]
    return images.astype(np.float32) / 255, labels.astype(np.int64)
