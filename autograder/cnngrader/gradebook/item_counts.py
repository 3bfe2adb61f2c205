"""How often each item of the rubric for written answers was given."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnngrader.gradebook.by_hand import ByHand
from cnngrader.gradebook.itemised_comment import GivenItem, ItemisedComment
from cnngrader.rubric_item import RubricItem


@dataclass(frozen=True)
class ItemCount:
    """students: to how many it was given, of the `read` whose answer a person has given points. gone: whether
    assignment.toml has it no more."""

    question: str
    name: str
    points: float
    comment: str
    students: int
    read: int
    gone: bool = False


def count_items(declared: Sequence[RubricItem], by_hand: Mapping[tuple[str, str], ByHand]) -> list[ItemCount]:
    """Those that are declared, in their order, and behind them those that are no more."""
    read = Counter(question for (_, question), given in by_hand.items() if given.score is not None)
    given = Counter(
        (question, item.name, item.points)
        for (_, question), one in by_hand.items()
        for item in set(ItemisedComment.read(one.comment).items)
    )
    students: Counter[tuple[str, str]] = Counter()
    for (question, name, _), count in given.items():
        students[question, name] += count
    known = {(item.question, item.name) for item in declared}
    found = [
        ItemCount(
            item.question,
            item.name,
            item.points,
            GivenItem.of(item).words,
            students[item.question, item.name],
            read[item.question],
        )
        for item in declared
    ]
    return found + [
        ItemCount(question, name, points, "", count, read[question], gone=True)
        for (question, name, points), count in sorted(given.items())
        if (question, name) not in known
    ]
