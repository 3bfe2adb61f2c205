"""Tissue that is turned, stretched and squeezed."""

import math
from typing import Any

import keras
import numpy as np
from scipy.interpolate import CubicSpline

from cnnkit.augment.random_paired_layer import RandomPairedLayer


@keras.saving.register_keras_serializable(package="cnnkit")
class RandomElasticDistortion(RandomPairedLayer):
    """Takes every pixel from a smoothly displaced place, the same in image and mask.

    Beyond its border an image goes on as its mirror image (d c b a | a b c d | d c b a), and with it the mask.

    All of it is one resampling: less blur, and less time, than RandomRotation, RandomZoom and a distortion one after
    the other. Keras's RandomElasticTransform draws anew for the mask, which then no longer fits its image.

    Args:
        displacement: standard deviation of the displacements, along each axis, in pixels.
        grid: displacements are drawn on a coarse grid x grid, whose corners are those of the image, and follow bicubic
            splines in between.
        rotation: also turns each image about its centre, by up to this part of a full turn either way.
        scale: also enlarges or shrinks each image by up to this part of its size, below 1.
        interpolation: of images, "bilinear" or "nearest"; masks always take the nearest pixel.
        seed: as of Keras's random layers.

    Input shape:
        Images (batch, height, width, channels) or (height, width, channels), or a dictionary of "images" and
        "segmentation_masks"; height and width are known.

    Output shape:
        The same.

    Raises:
        ValueError: for a displacement, rotation or scale below 0, scale from 1 on, grid < 2, and another interpolation.

    References:
        Ronneberger, Fischer, Brox, "U-Net", 2015, section 3.1: a grid of 3 by 3, 10 pixels; the lectures L0 ("scale,
        transpose, and rotate") and L4 ("geometric distortion").

    Example:

    >>> image = np.arange(64.0, dtype="float32").reshape(8, 8, 1)
    >>> pair = {"images": image, "segmentation_masks": image.astype("int32")}
    >>> out = RandomElasticDistortion(1.0, interpolation="nearest", seed=0)(pair)
    >>> bool(keras.ops.all(out["images"] == keras.ops.cast(out["segmentation_masks"], "float32")))
    True
    """

    def __init__(
        self,
        displacement: float = 10.0,
        grid: int = 3,
        rotation: float = 0.0,
        scale: float = 0.0,
        interpolation: str = "bilinear",
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(seed=seed, **kwargs)
        if not (displacement >= 0 and rotation >= 0 and 0 <= scale < 1):
            raise ValueError(
                "RandomElasticDistortion's displacement, rotation and scale are 0 or more, scale below 1, "
                f"and received {displacement!r}, {rotation!r} and {scale!r}"
            )
        if not isinstance(grid, int) or grid < 2:
            raise ValueError(f"RandomElasticDistortion's grid is a whole number from 2 on, and received {grid!r}")
        if interpolation not in ("bilinear", "nearest"):
            raise ValueError(f'RandomElasticDistortion takes "bilinear" or "nearest", and received {interpolation!r}')
        self.displacement, self.grid, self.interpolation = displacement, grid, interpolation
        self.rotation, self.scale = rotation, scale

    def draw(self, shape: tuple[Any, ...], seed: Any) -> Any:
        """Row and column, each (batch, height, width), that a pixel of the result is taken from."""
        xp, (batch, height, width, _) = self.backend.numpy, shape
        uniform, of_image = self.backend.random.uniform, (batch, 1, 1)
        angle = uniform(of_image, -2 * math.pi * self.rotation, 2 * math.pi * self.rotation, "float32", seed)
        larger = uniform(of_image, 1 - self.scale, 1 + self.scale, "float32", seed)
        cosine, sine = xp.cos(angle) / larger, xp.sin(angle) / larger
        coarse = self.backend.random.normal((2, batch, self.grid, self.grid), 0.0, self.displacement, "float32", seed)
        # Splines through points of a line are the line: turned and scaled on the grid is so everywhere.
        middle = self.backend.convert_to_tensor(np.linspace(-0.5, 0.5, self.grid, dtype="float32"))
        row, column = middle[:, None] * (height - 1), middle * (width - 1)
        coarse = coarse + xp.stack([cosine * row - sine * column, sine * row + cosine * column])
        down, across = (self.backend.convert_to_tensor(_splines(self.grid, size)) for size in (height, width))
        places = xp.einsum("hi,abij,wj->abhw", down, coarse, across)
        return self._mirrored(places[0] + height / 2, height), self._mirrored(places[1] + width / 2, width)

    def _mirrored(self, edge_distance: Any, size: int) -> Any:
        """The position within 0 to size - 1 of a place so far from the image's first edge."""
        absolute, clip = self.backend.numpy.abs, self.backend.numpy.clip
        return clip(size - absolute(size - absolute(edge_distance)) - 0.5, 0.0, size - 1.0)

    def _transform_images(self, images: Any, transformation: Any, interpolation: str) -> Any:
        xp, (rows, columns) = self.backend.numpy, transformation
        batch, height, width, channels = self.backend.shape(images)
        dtype = images.dtype
        if interpolation != "nearest":  # places are float32, and too coarse in half precision
            images = self.backend.cast(images, "float32")
        pixels = xp.reshape(images, (-1, channels))

        def at(row: Any, column: Any) -> Any:
            first = xp.reshape(xp.arange(batch) * (height * width), (-1, 1, 1))
            return first + self.backend.cast(row, "int32") * width + self.backend.cast(column, "int32")

        if interpolation == "nearest":
            return xp.take(pixels, at(xp.round(rows), xp.round(columns)), axis=0)
        # The last row and column are reached from the one before, with the weight 1.
        top = xp.clip(xp.floor(rows), 0.0, max(height - 2, 0))
        left = xp.clip(xp.floor(columns), 0.0, max(width - 2, 0))
        below, right = (rows - top)[..., None], (columns - left)[..., None]

        def between_columns(index: Any) -> Any:
            here, there = xp.take(pixels, index, axis=0), xp.take(pixels, index + int(width > 1), axis=0)
            return here + (there - here) * right

        upper, lower = (between_columns(at(top, left) + step) for step in (0, width * (height > 1)))
        return self.backend.cast(upper + (lower - upper) * below, dtype)

    def get_config(self) -> dict[str, Any]:
        names = ("displacement", "grid", "rotation", "scale", "interpolation")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def _splines(knots: int, size: int) -> np.ndarray:
    """The matrix (size, knots) that takes values at the knots to a natural cubic spline through them."""
    spline = CubicSpline(np.arange(knots), np.eye(knots), bc_type="natural")
    return spline(np.linspace(0, knots - 1, size)).astype("float32")
