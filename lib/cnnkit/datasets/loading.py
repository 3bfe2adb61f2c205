"""A data set by its name."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cnnkit.datasets.errors import DataError, first_line
from cnnkit.datasets.home import data_home

if TYPE_CHECKING:
    import tensorflow_datasets as tfds

NAMES = ("digits28", "mnist")


def load(
    name: str = "digits28", split: str = "train", *, data: str | Path | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Images and labels of a split, in a fixed order.

    name: "digits28" (1,797 real digits, needs no network) or "mnist" (70,000).
    split: "train", "test" or a TFDS slice: "train[:100]", "test[50%:]".
    data: see `builder`. A folder with the two original files of one split of mnist serves that split.

    Returns float32 images (n, 28, 28, 1) in [0, 1], white on black, and int64 labels (n,).
    Raises DataError.
    """
    folder = _folder(data)
    if name == "mnist" and folder is not None:
        from cnnkit.datasets.mnist import has_only_one_split, mnist_files

        if has_only_one_split(folder):
            return _floats(*mnist_files(folder, split))
    return _floats(*_read(builder(name, data=data), split))


def builder(name: str = "digits28", *, data: str | Path | None = None) -> "tfds.core.DatasetBuilder":
    """The prepared TFDS builder, for tf.data: `builder().as_dataset(split="train")`.

    name: "digits28" or "mnist".
    data: a TFDS data_dir to be used in place of `data_home()`; for mnist also a folder of the four
    original files. Where it is None and mnist is not prepared yet, the files are downloaded.

    Raises DataError.
    """
    if name == "digits28":
        from cnnkit.datasets.digits28 import Digits28
        from cnnkit.datasets.prepare import prepared

        return prepared(Digits28, _folder(data) or data_home())
    if name == "mnist":
        from cnnkit.datasets.mnist import mnist_builder

        return mnist_builder(_folder(data))
    raise DataError(f"data set {name!r}: there are {' and '.join(NAMES)}")


def _folder(data: str | Path | None) -> Path | None:
    return None if data is None else Path(data).expanduser()


def _read(dataset: "tfds.core.DatasetBuilder", split: str) -> tuple[np.ndarray, np.ndarray]:
    import tensorflow as tf
    import tensorflow_datasets as tfds

    try:
        images, labels = tfds.as_numpy(dataset.as_dataset(split=split, batch_size=-1, as_supervised=True))
        return images, labels
    except ValueError as error:
        raise DataError(
            f"{dataset.name}: expected a split or its slice, found {split!r}: {first_line(error)}"
        ) from None
    except tf.errors.OpError as error:
        raise DataError(
            f"{dataset.data_dir}: expected {dataset.name}, found damage ({type(error).__name__}); "
            "delete that folder and load again"
        ) from None


def _floats(images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return images.astype(np.float32) / 255, labels.astype(np.int64)
