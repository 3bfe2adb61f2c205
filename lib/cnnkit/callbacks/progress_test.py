import base64
import io
import re
import sys
import time
import xml.etree.ElementTree as ElementTree
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from cnnkit.callbacks import Progress
from cnnkit.callbacks.progress import draw_progress

X = np.linspace(-1, 1, 16, dtype="float32").reshape(-1, 1)


def train(epochs=3, seconds=0.0, pause=0.0, **options):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    wait = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: time.sleep(pause))
    progress = Progress(seconds)
    model.fit(X, 3 * X, batch_size=4, epochs=epochs, verbose=0, callbacks=[wait, progress], **options)
    return progress


class Handle:
    def __init__(self):
        self.shown = []

    def display(self, shown, display_id=None):
        assert display_id is True and not self.shown  # the first one is made, all others take its place
        self.update(shown)
        return self

    def update(self, shown):
        self.shown.append(shown.data)


@pytest.fixture
def cell(monkeypatch):
    monkeypatch.delenv("CNNKIT_GRADING", raising=False)
    handle = Handle()
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(kernel=object()))
    monkeypatch.setattr("IPython.display.display", handle.display)
    return handle


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_in_a_notebook_one_picture_grows(cell):
    train(validation_data=(X, 3 * X), pause=0.05)
    assert len(cell.shown) > 3
    first, last = cell.shown[0], cell.shown[-1]
    assert "epoch 1 of 3, batch 1 of 4" in first
    assert "epoch 3 of 3; loss" in last and "validation loss" in last and "more" not in last
    alternative = re.search('alt="([^"]+)"', last)[1]
    assert alternative.startswith("loss and validation loss by epoch. epoch 3 of 3")


def test_in_a_terminal_one_line_is_written_anew(monkeypatch):
    monkeypatch.delenv("CNNKIT_GRADING", raising=False)
    monkeypatch.setattr(sys, "stdout", terminal := Terminal())
    train(pause=0.05)
    written = terminal.getvalue()
    assert written.count("\n") == 1 and written.endswith("\n") and written.count("\r") > 2
    assert "epoch 3 of 3; loss" in written


def test_where_nobody_looks_it_is_quiet(capsys):
    train()
    assert capsys.readouterr() == ("", "")


def test_under_grading_it_is_quiet(cell, monkeypatch):
    monkeypatch.setenv("CNNKIT_GRADING", "1")
    train()
    assert cell.shown == []


def test_it_shows_no_oftener_than_told(cell):
    train(epochs=20, seconds=1e3)
    assert len(cell.shown) == 1  # the end


def test_slow_pictures_are_shown_more_seldom(cell, monkeypatch):
    def draw(*_):
        time.sleep(0.2)
        return ""

    monkeypatch.setattr("cnnkit.callbacks.progress.draw_progress", draw)
    train(epochs=20, pause=0.005)
    assert len(cell.shown) == 2  # one, which took more than its share of what the training takes, and the end


def test_a_training_that_begins_again_is_shown_anew(cell):
    progress = train()
    cell.shown.clear()
    progress.model.fit(X, X, epochs=2, verbose=0, callbacks=[progress])
    assert "epoch 2 of 2" in cell.shown[-1]


def picture(curves, epochs=4):
    data = re.search('base64,([^"]+)', draw_progress("so", curves, epochs))[1]
    return ElementTree.fromstring(base64.b64decode(data))


def points(svg):
    lines = [line.get("points") for line in svg.iter() if line.tag.endswith("polyline")]
    return [[tuple(map(float, point.split(","))) for point in line.split()] for line in lines]


def test_curves_grow_to_the_right_on_one_scale():
    loss, validation = points(picture({"loss": [100.0, 10.0], "val_loss": [10.0, 1.0]}))
    assert loss[0][0] == 60 and loss[1][0] == pytest.approx(60 + 410 / 3, abs=0.1)
    assert (loss[0][1], loss[1][1], validation[0][1], validation[1][1]) == (24, 87, 87, 150)  # a logarithmic one


@pytest.mark.parametrize(
    ("curve", "count"), [([1.0, float("nan"), 0.5], 2), ([-1.0, 0.0], 2), ([2.0], 1), ([0.0, 0.0], 2)]
)
def test_odd_losses_are_drawn_as_far_as_they_can_be(curve, count):
    assert [len(line) for line in points(picture({"loss": curve, "val_loss": []}))] == [count]


def test_before_the_first_loss_there_are_words_alone():
    assert draw_progress("1 < 2", {"loss": [float("inf")]}, 3) == ("<figure><figcaption>1 &lt; 2</figcaption></figure>")


def test_the_two_curves_are_told_apart_without_colours():
    lines = [line for line in picture({"loss": [2.0, 1.0], "val_loss": [2.0, 1.0]}).iter() if "polyline" in line.tag]
    assert [line.get("stroke-dasharray") for line in lines] == [None, "6 4"]


def test_seconds_below_0_are_refused():
    with pytest.raises(ValueError, match="received -1"):
        Progress(-1)
