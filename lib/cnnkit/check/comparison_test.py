import base64

import numpy as np
import pytest

from cnnkit.check.comparison import draw_comparison


@pytest.mark.parametrize("shape", [(6,), (3, 3), (20, 30), (8, 8, 3), (2, 6, 7, 4)])
def test_it_is_a_png_whose_words_name_the_farthest_off(shape):
    want = np.zeros(shape)
    got = want.copy()
    got.flat[-1] = np.pi
    data, words = draw_comparison(got, want)
    assert base64.b64decode(data).startswith(b"\x89PNG")
    place = ", ".join(str(size - 1) for size in shape)
    assert words.endswith(f"at [{place}], is 3.14159 and should be 0.")


def test_values_that_are_no_numbers_are_drawn_too():
    got = np.full((4, 4), np.nan)
    assert draw_comparison(got, np.zeros((4, 4))) and draw_comparison(np.full((4, 4), np.inf), got)
    assert draw_comparison(np.array([-1e308, 1e308] * 4), np.full(8, np.nan))
    assert draw_comparison(np.array([[True, False, True]] * 2), np.zeros((2, 3), bool))


@pytest.mark.parametrize("shape", [(), (5,), (3000, 3000)])
def test_for_few_values_and_for_too_many_words_are_enough(shape):
    assert draw_comparison(np.zeros(shape), np.ones(shape)) is None
