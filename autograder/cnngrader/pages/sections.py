"""A submission's points by the sections of its notebook, for its feedback."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from markdown_it import MarkdownIt
from nbformat import NotebookNode

from cnngrader.cells import id_of, name_of
from cnngrader.gradebook.itemised_comment import ItemisedComment
from cnngrader.gradebook.standing import CellComment, CellScore, Standing
from cnngrader.submission.verdict import TestVerdict

NO_COMMENT = CellComment("", "")


@dataclass(frozen=True)
class Card:
    """A check, with the tests that it stands for, a written answer, or an answer that somebody has commented on,
    which has no points of its own. answer: what the student wrote, where people grade it."""

    id: str
    score: CellScore | None
    tests: list[TestVerdict]
    comment: str
    answer: str = ""

    @property
    def lost(self) -> float:
        """Of its points, those that are not earned; none of what waits for a person."""
        return self.score.max_score - self.score.score if self.score and self.score.score is not None else 0.0

    @property
    def itemised(self) -> ItemisedComment:
        return ItemisedComment.read(self.comment)

    @property
    def waits(self) -> bool:
        return self.score is not None and self.score.score is None


@dataclass
class Section:
    """A heading of the notebook, with what is under it."""

    title: str
    anchor: str
    cards: list[Card] = field(default_factory=list)

    @property
    def scores(self) -> list[CellScore]:
        return [card.score for card in self.cards if card.score]

    @property
    def points(self) -> float:
        """Of what does not wait for a person."""
        return sum(score.max_score for score in self.scores) - self.waiting

    @property
    def earned(self) -> float:
        return sum(score.score or 0.0 for score in self.scores)

    @property
    def waiting(self) -> float:
        return sum(score.max_score for score in self.scores if score.score is None)


def sections(
    template: NotebookNode,
    tests: list[TestVerdict],
    standing: Standing,
    comments: Mapping[str, CellComment],
    answers: Mapping[str, str] | None = None,
) -> list[Section]:
    """Those that have points or comments, in the notebook's order. answers: {cell: what the student wrote there}."""
    found = [headings(cell.source) if cell.cell_type == "markdown" else () for cell in template.cells]
    chapters = sum(level == 1 for cell in found for level, _ in cell) > 1  # else the one is the title
    deepest = 1 if chapters else 2
    scores = {score.id: score for score in standing.cells}
    made = [Section("The notebook", "section-0")]
    for cell, heads in zip(template.cells, found, strict=True):
        made += [Section(title, f"section-{len(made) + n}") for n, title in enumerate(_down_to(heads, deepest))]
        name = id_of(cell)
        comment = comments.get(name, NO_COMMENT)
        if name in scores:
            text = comment.by_hand or (comment.automatic if scores[name].written else "")
            mine = [test for test in tests if test.check == name]
            own = (answers or {}).get(name, "") if scores[name].written else ""
            made[-1].cards.append(Card(name, scores[name], mine, text, own))
        elif comment.by_hand:
            made[-1].cards.append(Card(name_of(cell), None, [], comment.by_hand, (answers or {}).get(name, "")))
    return [section for section in made if section.cards]


@lru_cache(maxsize=1024)  # the pages of a class have one notebook's texts
def headings(markdown: str) -> tuple[tuple[int, str], ...]:
    """(level, words) of a text's headings, wherever they stand in it.

    >>> list(headings("About `x`.\\n\\n## 2 The *map*\\n```\\n# no heading\\n```"))
    [(2, '2 The map')]
    """
    found = []
    tokens = MarkdownIt().parse(markdown)
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.level == 0:
            words = "".join(part.content or " " for part in inline.children or ())
            found.append((int(token.tag.removeprefix("h")), " ".join(words.replace("$", "").split())))
    return tuple(found)


def _down_to(heads: Sequence[tuple[int, str]], deepest: int) -> list[str]:
    return [title for level, title in heads if level <= deepest]
