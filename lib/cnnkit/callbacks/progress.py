"""How a training goes, shown while it goes."""

import base64
import html
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import Any

import keras

from cnnkit.check import is_grading
from cnnkit.pictures import BLUE, ORANGE

WIDTH, HEIGHT = 480, 180  # pixels of the picture
LEFT, RIGHT, TOP, BOTTOM = 60, 470, 24, 150  # of its axes
MAX_SHARE = 0.01  # of the time since the training began, that showing may have taken

Curves = Mapping[str, Sequence[float]]


class Progress(keras.callbacks.Callback):
    """Show how a training goes: in a notebook the loss as a growing curve, in a terminal a line that is written anew.

    The curve of the validation loss is beside it where there is validation, and the words below tell epoch, metrics and
    about how long it will take. It shows nothing where nobody looks: under grading, and where the output is a file.
    Showing takes less than 2 % of the time: it is left out where the last one was too short ago.

    Args:
        seconds: the least time between two updates.

    Raises:
        ValueError: for seconds below 0.

    Example:

    >>> import numpy as np
    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> history = model.fit(np.zeros((4, 1)), np.zeros(4), epochs=2, verbose=0, callbacks=[Progress()])
    """

    def __init__(self, seconds: float = 0.5):
        super().__init__()
        if not seconds >= 0:
            raise ValueError(f"seconds is 0 or more, and received {seconds!r}")
        self.seconds = seconds

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._show = _screen()
        self._curves: dict[str, list[float]] = {"loss": [], "val_loss": []}
        self._metrics: dict[str, float] = {}
        self._epoch = 0
        self._begun = self._shown = perf_counter()
        self._spent = 0.0

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self._update(batch + 1)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._epoch = epoch + 1
        self._metrics = {name: float(value) for name, value in (logs or {}).items() if name != "learning_rate"}
        for name, curve in self._curves.items():
            if name in self._metrics:
                curve.append(self._metrics[name])
        self._update(0)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        if self._show is not None:
            self._show(self._words(0, is_over=True), self._curves, self._epochs, True)

    def _update(self, batch: int) -> None:
        now = perf_counter()
        is_early = now < self._shown + self.seconds or self._spent > MAX_SHARE * (now - self._begun)
        if self._show is None or is_early:
            return
        self._show(self._words(batch), self._curves, self._epochs, False)
        self._shown = perf_counter()
        self._spent += self._shown - now

    @property
    def _epochs(self) -> int:
        return int(self.params.get("epochs") or self._epoch or 1)

    def _words(self, batch: int, is_over: bool = False) -> str:
        steps = self.params.get("steps")
        begun = min(self._epoch + (batch > 0), self._epochs)
        where = f"epoch {begun} of {self._epochs}"
        if batch:
            where += f", batch {batch}" + (f" of {steps}" if steps else "")
        metrics = ", ".join(f"{_spoken(name)} {value:.3g}" for name, value in self._metrics.items())
        took = perf_counter() - self._begun
        time = f"{took:.0f} s"
        done = self._epoch + (batch / steps if steps else 0)
        if done and not is_over:
            time += f", about {took * max(self._epochs - done, 0) / done:.0f} s more"
        return "; ".join(part for part in (where, metrics, time) if part)


Show = Callable[[str, Curves, int, bool], None]


def _screen() -> Show | None:
    """Where to show: a notebook's cell, a terminal, or nowhere."""
    if is_grading():
        return None
    ipython = sys.modules.get("IPython")
    if ipython is not None and hasattr(ipython.get_ipython(), "kernel"):
        return _cell()
    return _write_line if sys.stdout.isatty() else None


def _cell() -> Show:
    from IPython.display import HTML, display

    handle: Any = None

    def show(words: str, curves: Curves, epochs: int, is_over: bool) -> None:
        nonlocal handle
        shown = HTML(draw_progress(words, curves, epochs))
        if handle is None:
            handle = display(shown, display_id=True)
        else:
            handle.update(shown)

    return show


def _write_line(words: str, curves: Curves, epochs: int, is_over: bool) -> None:
    sys.stdout.write(f"\r\x1b[K{words}" + "\n" * is_over)
    sys.stdout.flush()


def draw_progress(words: str, curves: Curves, epochs: int) -> str:
    """The picture of a training that has come so far, and the words below it, as HTML.

    Args:
        words: how it goes.
        curves: {name: value of each epoch}, in this order solid and dashed.
        epochs: of the whole training, the width of the picture.
    """
    told = html.escape(words)
    values = [value for curve in curves.values() for value in curve if math.isfinite(value)]
    if not values:
        return f"<figure><figcaption>{told}</figcaption></figure>"
    image = base64.b64encode(_svg(curves, epochs, min(values), max(values)).encode()).decode()
    shown = [_spoken(name) for name, curve in curves.items() if curve]
    alternative = f"{' and '.join(shown)} by epoch. {words}"
    return (
        f'<figure><img alt="{html.escape(alternative)}" width="{WIDTH}" style="max-width: 100%" '
        f'src="data:image/svg+xml;base64,{image}"><figcaption>{told}</figcaption></figure>'
    )


def _svg(curves: Curves, epochs: int, low: float, high: float) -> str:
    scale: Callable[[float], float] = math.log if low > 0 else float
    span = scale(high) - scale(low) or 1.0
    parts = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<path d="M{LEFT} {TOP}V{BOTTOM}H{RIGHT}" fill="none" stroke="#555"/>',
        _text(LEFT - 5, TOP + 4, f"{high:.3g}", "end"),
        _text(LEFT - 5, BOTTOM, f"{low:.3g}", "end"),
        _text(LEFT, BOTTOM + 18, "1"),
        _text(RIGHT, BOTTOM + 18, f"epoch {epochs}", "end"),
    ]
    for number, (name, curve) in enumerate(curves.items()):
        if not curve:
            continue
        colour, dashes = ((BLUE, ""), (ORANGE, ' stroke-dasharray="6 4"'))[number % 2]
        points = [
            f"{LEFT + (RIGHT - LEFT) * epoch / max(epochs - 1, 1):.1f},"
            f"{BOTTOM - (BOTTOM - TOP) * (scale(value) - scale(low)) / span:.1f}"
            for epoch, value in enumerate(curve)
            if math.isfinite(value)
        ]
        x = LEFT + 10 + 130 * number
        line = f'fill="none" stroke="{colour}" stroke-width="2"{dashes}'
        parts.append(f'<polyline points="{" ".join(points)}" {line}/><path d="M{x} 12h28" {line}/>')
        parts += [_text(x + 34, 16, _spoken(name))]
        if len(points) == 1:
            across, up = points[0].split(",")
            parts.append(f'<circle cx="{across}" cy="{up}" r="3" fill="{colour}"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="sans-serif" font-size="12">{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="#333">{html.escape(words)}</text>'


def _spoken(name: str) -> str:
    return name.replace("val_", "validation ", 1).replace("_", " ")
