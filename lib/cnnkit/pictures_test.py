"""Every picture has its text, and shows what it was given."""

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("agg")

import matplotlib.pyplot as plt

from cnnkit.pictures import LABELS, captioned, grids, paint, picture


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


def test_each_image_has_its_colours_and_each_row_its_name():
    figure = grids([np.eye(3)] * 4, columns=2, colours=["gray", "cividis", "gray", "magma"], rows=["above", "below"])
    assert [axis.images[0].get_cmap().name for axis in figure.axes] == ["gray", "cividis", "gray", "magma"]
    assert [[text.get_text() for text in axis.texts] for axis in figure.axes] == [["above"], [], ["below"], []]
    plt.close(figure)


def test_each_number_has_its_colour_and_many_take_turns():
    painted = paint([[0, 1, 2], [1, 1, 0]], ["black", "white", "red"])
    assert painted[0].tolist() == [[0, 0, 0], [1, 1, 1], [1, 0, 0]]
    assert painted.shape == (2, 3, 3)
    many = paint(np.arange(2 * len(LABELS) + 1)[None])[0]
    assert not many[0].any()
    assert np.array_equal(many[1 : len(LABELS) + 1], many[len(LABELS) + 1 :])
    assert len(np.unique(many, axis=0)) == len(LABELS) + 1
    with pytest.raises(IndexError):
        paint([[2]], ["black", "white"])


def test_a_legend_tells_what_the_colours_mean():
    figure = grids([np.eye(3)], legend={"missed": "blue", "found": "gray"})
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["missed", "found"]
    captioned(figure, "A diagonal, and below it what its colours mean.")
