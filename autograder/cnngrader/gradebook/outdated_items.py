"""Items that were given with other points or words than assignment.toml has by now."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cnngrader.assignment import Assignment
from cnngrader.course import Course
from cnngrader.gradebook.by_hand import ByHand, enter_by_hand, read_all_by_hand
from cnngrader.gradebook.itemised_comment import ItemisedComment
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.rubric_item import items_of, most_of


@dataclass(frozen=True)
class Outdated:
    """One student's answer. before: as it stands. now: as it would stand."""

    student: str
    question: str
    before: ByHand
    now: ByHand


def find_outdated(assignment: Assignment, by_hand: Mapping[tuple[str, str], ByHand]) -> list[Outdated]:
    """Points that a person has set to something else than the items came to stay."""
    found = []
    for (student, question), before in by_hand.items():
        declared = items_of(assignment.items, question)
        given = ItemisedComment.read(before.comment)
        now = given.brought_up(declared)
        if now == given:
            continue
        most = most_of(assignment.items, question)
        is_sum = before.score == given.points(most)
        score = now.points(most) if is_sum else before.score
        found.append(Outdated(student, question, before, replace(before, score=score, comment=now.text)))
    return found


def read_outdated(course: Course, assignment: Assignment) -> list[Outdated]:
    with open_gradebook(course) as book, book.engine.connect() as connection:
        return find_outdated(assignment, read_all_by_hand(connection, assignment.id))


def tell_outdated(assignment: Assignment, outdated: list[Outdated]) -> str:
    """In a line; "" where nothing is."""
    if not outdated:
        return ""
    names = {
        item.name
        for one in outdated
        for item in ItemisedComment.read(one.before.comment).items
        if item not in ItemisedComment.read(one.now.comment).items
    }
    moved = sum(one.before.score != one.now.score for one in outdated)
    answers = "1 written answer was" if len(outdated) == 1 else f"{len(outdated)} written answers were"
    return (
        f"{answers} given items that {assignment.settings.name} has changed since: {', '.join(sorted(names))}. "
        f"Brought up, {moved} would have other points"
    )


def bring_up(course: Course, id: str, outdated: list[Outdated]) -> None:
    """Have them stand as they would now. Raises UsageError where somebody has changed one meanwhile."""
    for one in outdated:
        enter_by_hand(course, id, one.student, one.question, one.now, one.before)
