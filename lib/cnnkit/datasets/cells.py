"""`cells` as a TFDS builder, which needs no network."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow_datasets as tfds

from cnnkit.datasets._cell_arrays import SIZES, SPLITS, cell_arrays


@dataclass(eq=False)
class CellsConfig(tfds.core.BuilderConfig):
    """size: height and width of the images."""

    size: int = 192


class Cells(tfds.core.GeneratorBasedBuilder):
    """Images as of cells under a phase-contrast microscope, with masks; `cells/96` has the size 96."""

    VERSION = tfds.core.Version("1.0.0")  # to be raised with every change of `cell_arrays`
    RELEASE_NOTES = {"1.0.0": "First version."}
    BUILDER_CONFIGS = [CellsConfig(name=str(size), description=f"{size} x {size} pixels", size=size) for size in SIZES]
    DEFAULT_BUILDER_CONFIG_NAME = "192"

    def _info(self) -> tfds.core.DatasetInfo:
        shape = (self.builder_config.size, self.builder_config.size, 1)
        return tfds.core.DatasetInfo(
            builder=self,
            description="Drawn images of cells. instance_mask numbers them; segmentation_mask is 1 in a cell, else 0.",
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=shape),
                    "instance_mask": tfds.features.Image(shape=shape, dtype=np.uint16),
                    "segmentation_mask": tfds.features.Image(shape=shape),
                }
            ),
            supervised_keys=("image", "instance_mask"),
        )

    def _split_generators(self, dl_manager: Any) -> dict[str, Iterator[Any]]:
        return {split: self._generate_examples(split) for split in SPLITS}

    def _generate_examples(self, split: str) -> Iterator[tuple[int, dict[str, Any]]]:
        for index, (image, mask) in enumerate(zip(*cell_arrays(split, size=self.builder_config.size), strict=True)):
            masks = {"instance_mask": mask.astype("uint16"), "segmentation_mask": (mask > 0).astype("uint8")}
            yield index, {"image": image, **{name: mask[..., None] for name, mask in masks.items()}}
