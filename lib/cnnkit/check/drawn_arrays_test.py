import numpy as np
import pytest

from cnnkit.check.drawn_arrays import FOOT, HEAD, draw_curves, draw_planes


def planes(got, want):
    """The pixels of the planes, without titles and scales."""
    picture = np.asarray(draw_planes({"yours": got, "expected": want}, ("yours - expected", got - want)))
    return picture[HEAD:-FOOT].astype(int)


@pytest.mark.parametrize("shape", [(4, 4), (200, 200), (3, 500), (1000, 900), (800, 1)])
def test_one_value_that_is_off_is_seen(shape):
    """Also where there are more values than pixels."""
    got = np.zeros(shape)
    got[-1, -1] = 1.0  # where no pixel would fall
    red, green, blue = np.moveaxis(planes(got, np.zeros(shape)), -1, 0)
    assert ((blue > 60) & (blue > 2 * green) & (red > green)).any(), "nothing is violet"


def test_values_are_written_in_what_can_be_read_on_their_colour():
    shown = planes(np.array([[0.0, 1.0]]), np.array([[0.0, 0.0]]))
    left, right = shown[:, 21:154], shown[:, 157:288]
    assert left.max() == 255, "white on the darkest"
    assert left[..., 2].max() == 255
    assert right.min() == 0
    assert (right.sum(axis=-1) == 0).any(), "black on the brightest"


def test_curves_leave_out_what_is_no_number():
    whole = np.asarray(draw_curves({"expected": np.arange(9.0), "yours": np.arange(9.0) + 1}))
    gone = np.asarray(draw_curves({"expected": np.arange(9.0), "yours": np.full(9, np.nan)}))
    assert (gone[HEAD:] == 255).sum() > (whole[HEAD:] == 255).sum()
