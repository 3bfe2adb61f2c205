"""`digits28` as a TFDS builder, which needs no network."""

from collections.abc import Iterator
from typing import Any

import tensorflow_datasets as tfds

from cnnkit.datasets.digits import SIZE, digit_arrays


class Digits28(tfds.core.GeneratorBasedBuilder):
    """1,797 handwritten digits of 28 x 28 pixels, in the features and splits of TFDS's `mnist`."""

    VERSION = tfds.core.Version("1.0.0")  # to be raised with every change of `digit_arrays`
    RELEASE_NOTES = {"1.0.0": "First version."}

    def _info(self) -> tfds.core.DatasetInfo:
        return tfds.core.DatasetInfo(
            builder=self,
            description="Handwritten digits of 8 x 8 pixels, enlarged to 28 x 28; not MNIST.",
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=(SIZE, SIZE, 1)),
                    "label": tfds.features.ClassLabel(num_classes=10),
                }
            ),
            supervised_keys=("image", "label"),
            homepage="https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits",
        )

    def _split_generators(self, dl_manager: Any) -> dict[str, Iterator[Any]]:
        return {split: self._generate_examples(split) for split in ("train", "test")}

    def _generate_examples(self, split: str) -> Iterator[tuple[int, dict[str, Any]]]:
        for index, (image, label) in enumerate(zip(*digit_arrays(split), strict=True)):
            yield index, {"image": image, "label": int(label)}
