"""Data sets that have to come from a network."""

import requests
import tensorflow_datasets as tfds
from tensorflow_datasets.core.download.download_manager import NonMatchingChecksumError

from cnnkit.datasets.errors import DataError
from cnnkit.datasets.home import data_home
from cnnkit.datasets.prepare import is_prepared, prepared


def downloaded(builder_class: type[tfds.core.DatasetBuilder], otherwise: str) -> tfds.core.DatasetBuilder:
    """The builder with its data in `data_home()`, downloaded where it is not there yet.

    otherwise: what to do where there is no network, for the error. Raises DataError.
    """
    try:
        if not is_prepared(builder_class, data_home()):
            # TFDS tries again for minutes; one request tells at once whether there is a network.
            requests.head(next(iter(builder_class.url_infos)), timeout=10).raise_for_status()
        return prepared(builder_class, data_home())
    except (requests.RequestException, tfds.download.DownloadError, NonMatchingChecksumError) as error:
        raise DataError(
            f"{builder_class.name}: expected a network or the data in {data_home()}, found {type(error).__name__}; "
            f"{otherwise}"
        ) from None
