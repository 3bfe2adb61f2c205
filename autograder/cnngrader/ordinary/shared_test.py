"""One resource at a time, made when it is needed and closed when another takes its place."""

from contextlib import contextmanager

import pytest

from cnngrader.ordinary.shared import Shared


def test_it_is_made_once_for_a_key_and_closed_for_the_next():
    told = []

    @contextmanager
    def make(key):
        told.append(f"open {key}")
        yield key
        told.append(f"close {key}")

    def entered(key):
        manager = make(key)
        manager.__enter__()
        return manager

    shared = Shared(entered)
    assert shared("a") is shared("a")
    shared("b")
    shared.close()
    shared.close()
    assert told == ["open a", "close a", "open b", "close b"]


def test_what_could_not_be_made_is_tried_again():
    class Thing:
        def __init__(self, key):
            if key in failing:
                raise RuntimeError("not now")

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

    failing = {"a"}
    shared = Shared(Thing)
    with pytest.raises(RuntimeError):
        shared("a")
    failing.clear()
    assert isinstance(shared("a"), Thing)
