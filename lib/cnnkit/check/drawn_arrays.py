"""Arrays as pictures, in some milliseconds: a figure of matplotlib's takes longer than most checks."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

SIDE, GAP, HEAD, FOOT = 270, 20, 30, 40  # pixels: of a panel, about it, above it for its title, below it for its scale
THIN = 8  # pixels, at least, of an array's shorter side
WIDE, HIGH, FINE = 3 * SIDE + 4 * GAP, 200, 3  # pixels of curves, and how many times as many they are drawn with
TEXT, SMALL = 14, 9  # pixels: of titles, and of the smallest values that are written into their places
INK, FRAME = "#000000", "#767676"
CURVES = ("#005f9e", False), ("#a63c06", True)  # colour, and whether its marks are crosses
LIGHT = 115  # of 255: on what is lighter, black can be read better than white


@dataclass(frozen=True)
class Panel:
    """Values (height, width) in a map of colours, from the least to the largest."""

    title: str
    values: np.ndarray
    colours: str
    least: float
    largest: float

    def draw(self, picture: Image.Image, left: int, wide: int, tall: int) -> None:
        """Into a picture, `wide` and `tall` pixels large; values that fit are written into their places."""
        draw = ImageDraw.Draw(picture)
        draw.text((left + SIDE / 2, HEAD - 8), self.title, fill=INK, font=_font(TEXT), anchor="mb")
        shown = self._coloured()
        image = Image.fromarray(shown).resize((wide, tall), Image.Resampling.NEAREST)
        picture.paste(image, (left, HEAD), image)
        draw.rectangle([left - 1, HEAD - 1, left + wide, HEAD + tall], outline=FRAME)
        if not self._write_values(draw, shown, left, wide, tall):
            self._draw_scale(picture, left, HEAD + tall + 6)

    def _coloured(self) -> np.ndarray:
        with np.errstate(invalid="ignore", over="ignore"):
            shares = (self.values - self.least) / ((self.largest - self.least) or 1.0)
        coloured: np.ndarray = matplotlib.colormaps[self.colours](np.ma.masked_invalid(shares), bytes=True)
        return coloured

    def _write_values(self, draw: ImageDraw.ImageDraw, shown: np.ndarray, left: int, wide: int, tall: int) -> bool:
        """Whether there is room for them."""
        across, down = wide / self.values.shape[1], tall / self.values.shape[0]
        if min(across, down) < SMALL:
            return False
        texts = {place: f"{value:.3g}" for place, value in np.ndenumerate(self.values)}
        pixels = min(TEXT, int(across / (0.6 * max(map(len, texts.values())))), int(0.8 * down))
        if pixels < SMALL:
            return False
        light = np.where(shown[..., 3], shown[..., :3] @ np.array([0.2126, 0.7152, 0.0722]), 255)
        for (row, column), text in texts.items():
            place = left + (column + 0.5) * across, HEAD + (row + 0.5) * down
            ink = "black" if light[row, column] > LIGHT else "white"
            draw.text(place, text, fill=ink, font=_font(pixels), anchor="mm")
        return True

    def _draw_scale(self, picture: Image.Image, left: int, top: int) -> None:
        scale = matplotlib.colormaps[self.colours](np.linspace(0, 1, SIDE), bytes=True)[np.newaxis]
        picture.paste(Image.fromarray(scale).resize((SIDE, 10)), (left, top))
        draw = ImageDraw.Draw(picture)
        for place, value, anchor in ((left, self.least, "lt"), (left + SIDE, self.largest, "rt")):
            draw.text((place, top + 14), f"{value:.3g}", fill=INK, font=_font(TEXT), anchor=anchor)


def draw_planes(alike: Mapping[str, np.ndarray], difference: tuple[str, np.ndarray]) -> Image.Image:
    """Arrays (height, width) side by side, below their titles. Of more values than pixels some are left out, and not
    the one that is the farthest off.

    Args:
        alike: {title: array} on one scale of colours.
        difference: (title, array), on a scale whose middle is 0.
    """
    title, off = difference
    height, width = off.shape
    seen = np.ix_(*map(_seen, off.shape, np.unravel_index(np.abs(off).argmax(), off.shape)))
    low, high = _range(*alike.values())
    most = max(map(abs, _range(off))) or 1.0
    panels = [Panel(each, values[seen], "cividis", low, high) for each, values in alike.items()]
    panels.append(Panel(title, off[seen], "PuOr", -most, most))
    wide, tall = (max(THIN, round(SIDE * size / max(height, width))) for size in (width, height))
    picture = Image.new("RGB", (GAP + len(panels) * (SIDE + GAP), HEAD + tall + FOOT), "white")
    for number, panel in enumerate(panels):
        panel.draw(picture, GAP + number * (SIDE + GAP), wide, tall)
    return picture


def draw_curves(curves: Mapping[str, np.ndarray]) -> Image.Image:
    """{name: values} of two arrays of one length: the first with dots, the second with crosses."""
    low, high = _range(*curves.values())
    low, high = (low, high) if high > low else (low - 1, high + 1)
    left, right, top, bottom = 4 * GAP, WIDE - GAP, HEAD, HIGH - GAP
    places = np.linspace(left + 8, right - 8, max(map(len, curves.values())))
    picture = Image.new("RGB", (FINE * WIDE, FINE * HIGH), "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle([FINE * each for each in (left, top - 6, right, bottom + 6)], outline=FRAME, width=FINE)
    for values, (colour, cross) in zip(curves.values(), CURVES, strict=True):
        with np.errstate(invalid="ignore", over="ignore"):
            heights = bottom - (values - low) / (high - low) * (bottom - top)
        points = [(FINE * x, FINE * y) if np.isfinite(y) else None for x, y in zip(places, heights, strict=True)]
        for one, other in pairwise(points):
            if one and other:
                draw.line([one, other], fill=colour, width=FINE)
        for point in filter(None, points):
            _draw_mark(draw, point, 3.5 * FINE, colour, cross=cross)
    picture = picture.resize((WIDE, HIGH), Image.Resampling.BOX)
    draw = ImageDraw.Draw(picture)
    for y, value in ((top, high), (bottom, low)):
        draw.text((left - 6, y), f"{value:.3g}", fill=INK, font=_font(TEXT), anchor="rm")
    for x, place in ((left + 8, 0), (right - 8, len(places) - 1)):
        draw.text((x, HIGH - 1), str(place), fill=INK, font=_font(TEXT - 2), anchor="mb")
    for number, (name, (colour, cross)) in enumerate(zip(curves, CURVES, strict=True)):
        x, y = left + 10 + 120 * number, HEAD // 2 - 3
        _draw_mark(draw, (x, y), 4, colour, cross=cross)
        draw.text((x + 10, y), name, fill=colour, font=_font(TEXT), anchor="lm")
    return picture


def _seen(size: int, place: int) -> np.ndarray:
    """The rows, or columns, for which there are pixels, a place among them."""
    rows = np.arange(min(size, SIDE)) * size // min(size, SIDE)
    rows[np.abs(rows - place).argmin()] = place
    return rows


def _range(*arrays: np.ndarray) -> tuple[float, float]:
    """Of the finite values."""
    values = np.concatenate([array[np.isfinite(array)] for array in arrays])
    return (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)


def _draw_mark(
    draw: ImageDraw.ImageDraw, point: tuple[float, float], radius: float, colour: str, *, cross: bool
) -> None:
    x, y = point
    if not cross:
        draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=colour)
        return
    for up in (-radius, radius):
        draw.line([x - radius, y + up, x + radius, y - up], fill=colour, width=max(1, round(radius / 2.5)))


def _font(pixels: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.load_default(pixels)
    except ImportError:  # a Pillow without FreeType
        return ImageFont.load_default()
