"""Every picture has its text, and shows what it was given."""

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("agg")

import matplotlib.pyplot as plt

from cnnkit.pictures import captioned, grids, picture


def test_a_picture_carries_its_text_twice_and_escapes_it():
    shown = captioned(grids([np.eye(3)]), 'Ones < twos, "quoted"').data
    assert shown.count("Ones &lt; twos, &quot;quoted&quot;") == 2
    assert "data:image/png;base64," in shown


def test_a_picture_closes_its_figure():
    captioned(grids([np.eye(3)]), "A diagonal.")
    assert plt.get_fignums() == []


def test_a_picture_without_a_text_is_refused():
    with pytest.raises(ValueError, match="empty"):
        picture(grids([np.eye(3)]), "  ")
    plt.close("all")


@pytest.mark.parametrize(("count", "rows", "across"), [(1, 1, 1), (8, 1, 8), (9, 2, 8)])
def test_images_stand_in_rows(count, rows, across):
    figure = grids([np.full((2, 3), i) for i in range(count)], titles=list(range(count)))
    assert len(figure.axes) == rows * across
    assert [axis.get_title() for axis in figure.axes[:count]] == [str(i) for i in range(count)]
    assert all(
        np.array_equal(axis.images[0].get_array(), np.full((2, 3), i)) for i, axis in enumerate(figure.axes[:count])
    )
    plt.close(figure)


def test_numbers_stand_in_their_pixels():
    figure = grids([[[1.5, 2.0], [3.0, 4.0]]], numbers=".1f")
    assert [text.get_text() for text in figure.axes[0].texts] == ["1.5", "2.0", "3.0", "4.0"]
    plt.close(figure)
