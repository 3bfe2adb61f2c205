"""MNIST by TFDS's own builder: prepared already, from the four original files, or downloaded."""

from pathlib import Path

import numpy as np
import tensorflow_datasets as tfds
from tensorflow_datasets.image_classification.mnist import MNIST

from cnnkit.datasets.download import downloaded
from cnnkit.datasets.errors import DataError, first_line
from cnnkit.datasets.home import data_home
from cnnkit.datasets.idx import read_checked, read_idx
from cnnkit.datasets.prepare import is_prepared, prepared

FILES = {
    "train": ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
    "test": ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
}


def mnist_builder(folder: Path | None) -> tfds.core.DatasetBuilder:
    """TFDS's `mnist`, prepared.

    folder: a TFDS data_dir that holds it, or a folder of the four original files, from which it is
    prepared without a network; None downloads them. It is prepared in `data_home()`, once.

    Raises DataError.
    """
    if folder is None:
        return downloaded(MNIST, 'pass data="FOLDER" with the four original files, or use "digits28"')
    if is_prepared(MNIST, folder):
        return prepared(MNIST, folder)
    if missing := [name for pair in FILES.values() for name in pair if not (folder / name).is_file()]:
        raise DataError(
            f"{folder}: expected a prepared mnist or the four original files, found no {', '.join(missing)}; "
            "fetch them, or leave out `data` to have them downloaded"
        )
    if not is_prepared(MNIST, data_home()):
        for name, sha256 in checksums().items():
            read_checked(folder / name, sha256)
    return prepared(MNIST, data_home(), files=folder)


def has_only_one_split(folder: Path) -> bool:
    """True for a folder with the original files of one split alone, of which TFDS makes no builder."""
    if is_prepared(MNIST, folder):
        return False
    return sum(all((folder / name).is_file() for name in pair) for pair in FILES.values()) == 1


def mnist_files(folder: Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """uint8 images (n, 28, 28, 1) and labels (n,) of a split or its slice, from its two original files.

    They are in the order of the files; TFDS's are shuffled once. Raises DataError.
    """
    name = split.split("[")[0]
    if name not in FILES:
        raise DataError(f"{folder}: expected split 'train' or 'test' or a slice of one, found {split!r}")
    sums = checksums()
    images, labels = (read_idx(folder / file, sha256=sums[file]) for file in FILES[name])
    if images.ndim != 3 or images.shape[1:] != (28, 28) or labels.shape != images.shape[:1]:
        raise DataError(
            f"{folder}: expected images (n, 28, 28) and labels (n,), found {images.shape} and {labels.shape}"
        )
    chosen = _slice(split, name, len(labels))
    return images[chosen][..., None], labels[chosen]


def _slice(split: str, name: str, n: int) -> slice:
    """The slice of a TFDS split of n examples: "test[50%:]" of 10 is slice(5, 10)."""
    info = tfds.core.SplitInfo(name=name, shard_lengths=[n], num_bytes=0, filename_template=None)
    try:
        (part,) = tfds.core.ReadInstruction.from_spec(split).to_absolute({name: info})
    except ValueError as error:
        raise DataError(f"mnist: expected a split or its slice, found {split!r}: {first_line(error)}") from None
    chosen = slice(part.from_, part.to)
    if not range(n)[chosen]:
        raise DataError(f"mnist: expected a split or its slice, found {split!r}: it is empty")
    return chosen


def checksums() -> dict[str, str]:
    """sha256 of the four original files, as TFDS records them."""
    return {url.rsplit("/", 1)[1]: info.checksum for url, info in MNIST.url_infos.items()}
