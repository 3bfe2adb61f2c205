"""A user's own images with their masks, from folders or stacks."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from cnnkit.datasets.errors import DataError
from cnnkit.datasets.image_files import SUFFIXES, Unusable, read_images
from cnnkit.datasets.mask_files import MaskPage, masks_of, read_mask_pages

SHOWN = 5  # files that an error names; the others it counts
KINDS = ("class", "parts", "labels")
LAYOUTS = (
    "expected a folder with images/ and masks/ in it, or with NAME.png beside NAME_mask.png; "
    'name two folders or two stacks one by one: read_image_pairs("volume.tif", "labels.tif")'
)


def read_image_pairs(
    images: str | Path, masks: str | Path | None = None, *, kind: str = "class"
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Images and their masks, in the order of the images' names.

    Files are PNG, TIFF, JPEG or BMP; others in a folder are left alone. Each page of a TIFF is an image of its own; of
    a telephone's JPEG of several views, the first is. Images are what a viewer shows, turned as the camera was held:
    grey or coloured, of 8 or 16 bits, black and white, or numbers from 0 to 1; transparency is dropped.

    What the masks hold is told by all of them together: their transparency, where they differ in nothing else; the
    places in a palette, where the colours that are in use are not all grey; else what a viewer shows, which is grey,
    also in RGB, or with kind "labels" the numbers of the file.

    U-Net was shown on such data: the stacks of the ISBI 2012 challenge (train-volume.tif and train-labels.tif, kind
    "parts") and DIC-HeLa of the Cell Tracking Challenge (the folders 01 and 01_ST/SEG, kind "labels").

    Args:
        images, masks: which mask belongs to which image is told by one of

            - `images`, a folder with the folders images/ and masks/ in it;
            - `images`, a folder with NAME.png beside NAME_mask.png;
            - `images` and `masks`, two folders;
            - `images` and `masks`, two files.

            In folders a pair has one name, apart from the suffix and a "_mask" at its end, or, where no name is found
            on both sides, one last number: t007.tif and man_seg007.tif.
        kind: what is in the masks. "class": 0 is background, and one other value, 1, 255 or 65535, is cell. "parts":
            the same, and each connected part of cell gets a number. "labels": numbers of cells or of classes, taken as
            they are.

    Returns:
        float32 images (height, width, channels) in [0, 1], where 1 is the largest number of the file's type, and int32
        masks (height, width). channels is 1 if all images are grey, also in RGB, and else 3. Sizes may differ from pair
        to pair; np.stack makes one array of pairs of one size.

    Raises:
        DataError: with the names of the files which lack a partner, or which cannot be used and why.
    """
    if kind not in KINDS:
        raise ValueError(f"read_image_pairs's kind is one of {', '.join(map(repr, KINDS))}, and received {kind!r}")
    source = Path(images).expanduser()
    paths = _pair_up(source, None if masks is None else Path(masks).expanduser())
    pictures: list[np.ndarray] = []
    pages: list[MaskPage] = []
    unusable: list[Unusable] = []
    for image, mask in paths:
        try:
            of_image, of_mask = _read(image, mask)
        except Unusable as error:
            unusable.append(error)
        else:
            pictures += of_image
            pages += of_mask
    read = masks_of(pages, kind) if pages else []
    found_masks = [mask for mask in read if not isinstance(mask, Unusable)]
    unusable += [mask for mask in read if isinstance(mask, Unusable)]
    if unusable:
        reasons = dict.fromkeys(error.reason for error in unusable)
        found = {reason: [error.detail for error in unusable if error.reason == reason] for reason in reasons}
        raise DataError(f"{source}: expected {len(paths)} pairs of image and mask, found {_listed(found)}")
    channels = max(picture.shape[2] for picture in pictures)
    return [np.broadcast_to(one, (*one.shape[:2], channels)).copy() for one in pictures], found_masks


def _read(image: Path, mask: Path) -> tuple[list[np.ndarray], list[MaskPage]]:
    pictures, masks = read_images(image), read_mask_pages(mask)
    if len(pictures) != len(masks):
        raise Unusable(
            "whose mask has another number of pages (each image needs its own)",
            f"{image.name} ({len(pictures)}) and {mask.name} ({len(masks)})",
        )
    for one, other in zip(pictures, masks, strict=True):
        if one.shape[:2] != other.shown.shape[:2]:
            sizes = ["x".join(map(str, array.shape[:2])) for array in (one, other.shown)]
            raise Unusable(
                "whose mask has another height x width (make it anew from the image)",
                f"{image.name} ({sizes[0]}) and {mask.name} ({sizes[1]})",
            )
    return pictures, masks


def _pair_up(images: Path, masks: Path | None) -> list[tuple[Path, Path]]:
    """The files that belong together."""
    given = [images] if masks is None else [images, masks]
    for path in given:
        if not path.exists():
            raise DataError(f"{path}: expected a folder or a file, found nothing of that name")
    if masks is not None and images.is_file() and masks.is_file():
        return [(images, masks)]
    if not all(path.is_dir() for path in given):
        raise DataError(f"{' and '.join(map(str, given))}: {LAYOUTS}")
    if masks is not None:
        return _by_name(_files(images), _files(masks), images)
    if (images / "images").is_dir() and (images / "masks").is_dir():
        return _by_name(_files(images / "images"), _files(images / "masks"), images)
    files = _files(images)
    marked = [path for path in files if path.stem.endswith("_mask")]
    if not marked:
        raise DataError(f"{images}: {LAYOUTS}")
    return _by_name([path for path in files if path not in marked], marked, images)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.name[0] != ".")


def _by_name(images: list[Path], masks: list[Path], source: Path) -> list[tuple[Path, Path]]:
    if not images and not masks:
        raise DataError(f"{source}: {LAYOUTS}")
    keyed = [_keyed(files, lambda path: path.stem.removesuffix("_mask")) for files in (images, masks)]
    numbered = [_keyed(files, _last_number) for files in (images, masks)]
    if not keyed[0].keys() & keyed[1].keys() and numbered[0].keys() & numbered[1].keys():
        keyed = numbered
    by_image, by_mask = keyed
    found = {
        "without a mask": [file.name for key, of in by_image.items() if key not in by_mask for file in of],
        "masks without an image": [file.name for key, of in by_mask.items() if key not in by_image for file in of],
        "of one name": [file.name for by in keyed for of in by.values() if len(of) > 1 for file in of],
    }
    if any(found.values()):
        raise DataError(
            f"{source}: expected a mask for each image, found {len(images)} images and {len(masks)} masks; "
            f"{_listed(found)}; add, rename or remove files"
        )
    return [(by_image[key][0], by_mask[key][0]) for key in by_image]


def _keyed(files: list[Path], key: Callable[[Path], str]) -> dict[str, list[Path]]:
    keyed: dict[str, list[Path]] = {}
    for file in files:
        keyed.setdefault(key(file), []).append(file)
    return keyed


def _last_number(file: Path) -> str:
    numbers = re.findall(r"\d+", file.stem)
    return str(int(numbers[-1])) if numbers else ""


def _listed(found: dict[str, list[str]]) -> str:
    """Each reason with the first few of its files, and how many more there are."""
    return "; ".join(f"{len(files)} {reason}: {_some(files)}" for reason, files in found.items() if files)


def _some(files: Iterable[str]) -> str:
    files = list(files)
    more = [f"and {len(files) - SHOWN} more"] if len(files) > SHOWN else []
    return ", ".join(files[:SHOWN] + more)
