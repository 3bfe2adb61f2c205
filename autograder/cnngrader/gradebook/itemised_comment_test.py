"""What items are given is in the comment's own lines, whoever has written it."""

import pytest

from cnngrader.gradebook.by_hand import ByHand
from cnngrader.gradebook.item_counts import count_items
from cnngrader.gradebook.itemised_comment import GivenItem, ItemisedComment
from cnngrader.gradebook.outdated_items import find_outdated
from cnngrader.rubric_item import RubricItem

PLACE, SHIFTS, TERM = (
    GivenItem("place", 1.5, "It is lost."),
    GivenItem("shifts", 0.5),
    GivenItem("wrong term", -0.25, "a"),
)


@pytest.mark.parametrize("items", [(), (PLACE,), (PLACE, SHIFTS, TERM)])
@pytest.mark.parametrize("rest", ["", "Good.", "Two\n\nparagraphs (1): no item", "a (b): c\n(+1): d"])
def test_a_comment_is_read_as_it_was_written(items, rest):
    comment = ItemisedComment(items, rest)
    assert ItemisedComment.read(comment.text) == comment
    assert ItemisedComment.read(comment.text.replace("\n", "\r\n")) == ItemisedComment.read(comment.text)


def test_an_item_is_given_once():
    assert ItemisedComment.read("place (+1): x\nplace (+1): x").points(9) == 1


@pytest.mark.parametrize(
    ("items", "points"), [((), None), ((PLACE,), 1.5), ((PLACE, SHIFTS, PLACE), 2), ((TERM,), 0), ((PLACE, TERM), 1.25)]
)
def test_points_are_a_sum_from_none_to_all(items, points):
    assert ItemisedComment(items).points(2) == points


class Settings:
    def __init__(self, *items):
        self.items = tuple(RubricItem("why", *item) for item in items)


def outdated(given, *declared):
    found = find_outdated(Settings(*declared), {("ana", "why"): given})
    return found[0].now if found else None


def test_items_that_have_changed_bring_their_points_up():
    now = [("place", 1.0, "It is lost."), ("shifts", 1.0, "")]
    given = ByHand(2.0, "place (+1.5): It is lost.\nshifts (+0.5)\nGood.")
    assert outdated(given, *now) == ByHand(2.0, "place (+1): It is lost.\nshifts (+1)\nGood.")
    assert outdated(ByHand(1.5, "place (+1.5): It is lost."), *now) == ByHand(1.0, "place (+1): It is lost.")
    assert outdated(ByHand(1.0, "place (+1): It is lost."), *now) is None


def test_points_that_somebody_has_set_stay():
    assert outdated(ByHand(0.25, "place (+1.5): x"), ("place", 2.0, "x")) == ByHand(0.25, "place (+2): x")


def test_words_of_people_and_items_that_are_no_more_stay():
    assert outdated(ByHand(1.0, "Good (+1)!"), ("place", 2.0, "x")) is None
    assert outdated(ByHand(1.0, "gone (+1): x"), ("place", 2.0, "x")) is None


def test_items_are_counted_of_the_answers_that_are_read():
    declared = [RubricItem("why", "place", 1.5), RubricItem("how", "place", 1.0)]
    by_hand = {
        ("ana", "why"): ByHand(1.5, "place (+1.5)"),
        ("bo", "why"): ByHand(1.0, "place (+1)\ngone (+1): x"),
        ("cy", "why"): ByHand(0.0, "No."),
        ("dee", "why"): ByHand(),
    }
    counts = [(count.question, count.name, count.students, count.read) for count in count_items(declared, by_hand)]
    assert counts == [("why", "place", 2, 3), ("how", "place", 0, 0), ("why", "gone", 1, 3)]
