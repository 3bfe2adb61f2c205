"""Preparing a TFDS builder's data: wholly or not at all, once, quietly."""

import contextlib
import io
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import tensorflow_datasets as tfds

from cnnkit.datasets.errors import DataError

_STAGING = ".preparing-"
_STALE = 3600.0  # seconds after which a staging folder's process is taken for dead


def is_prepared(builder_class: type[tfds.core.DatasetBuilder], home: Path, config: str | None = None) -> bool:
    """True where the builder's data lies in the TFDS data_dir `home`."""
    return (_target(builder_class, home, config) / "dataset_info.json").is_file()


def prepared(
    builder_class: type[tfds.core.DatasetBuilder], home: Path, files: Path | None = None, config: str | None = None
) -> tfds.core.DatasetBuilder:
    """The builder with its data in `home`, generated on the first call.

    builder_class: a TFDS builder. config: the name of one of its configurations; None where it has none.
    files: a folder of the original files, to be used in place of a download.

    The data is made in a folder of its own and renamed when complete: a killed preparation leaves
    nothing that looks like data, and of two at the same time one wins. What is prepared is read
    without a write, so `home` may be read-only then.

    Raises DataError where `home` lacks the data and cannot be written.
    """
    if not is_prepared(builder_class, home, config):
        try:
            home.mkdir(parents=True, exist_ok=True)
            staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=home))
        except OSError as error:
            raise DataError(
                f"{home}: expected {builder_class.name} or a folder to prepare it in, "
                f"found: {error.strerror}; set CNNKIT_DATA to a folder that can be written"
            ) from None
        try:
            _remove_stale(home)
            _generate(builder_class, staging, files, config)
            _publish(_target(builder_class, staging, config), _target(builder_class, home, config))
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    return builder_class(data_dir=home, config=config)


def _target(builder_class: type[tfds.core.DatasetBuilder], home: Path, config: str | None) -> Path:
    return Path(home, builder_class.name, config or "", str(builder_class.VERSION))


def _generate(
    builder_class: type[tfds.core.DatasetBuilder], staging: Path, files: Path | None, config: str | None
) -> None:
    if not sys.stderr.isatty():
        tfds.disable_progress_bar()
    download = tfds.download.DownloadConfig(manual_dir=files, try_download_gcs=False)
    with contextlib.redirect_stdout(io.StringIO()):
        builder_class(data_dir=staging, config=config).download_and_prepare(download_config=download)


def _publish(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.rename(source, target)
    except OSError:
        if not target.is_dir():  # else another process was first, and made the same
            raise


def _remove_stale(home: Path) -> None:
    for folder in home.glob(f"{_STAGING}*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > _STALE:
                shutil.rmtree(folder)
