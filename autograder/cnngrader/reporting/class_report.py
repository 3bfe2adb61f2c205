"""An assignment's report: how the class did, where it lost points, what to repeat, whom to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median

from cnngrader.gradebook.item_counts import ItemCount, count_items
from cnngrader.gradebook.outdated_items import find_outdated, tell_outdated
from cnngrader.reporting.attention import find_attention
from cnngrader.reporting.graded_class import GradedClass
from cnngrader.reporting.hints import count_hints
from cnngrader.reporting.item_statistics import ItemStatistics, item_statistics
from cnngrader.reporting.mistakes import Mistake, count_mistakes

BINS = 10


@dataclass(frozen=True)
class ClassReport:
    """histogram: students in each tenth of the points, the last with those who have all. seconds, megabytes: that
    submissions have used, the median and the most; 0 where that is not known. hints: {check: students whose notebook
    asks for one}. items: of the rubric for written answers. outdated: those that were given and have changed since, in
    words."""

    graded: GradedClass
    max_score: float
    mean: float
    median: float
    histogram: Sequence[int]
    checks: Sequence[ItemStatistics]
    tests: Sequence[ItemStatistics]
    mistakes: Sequence[Mistake]
    attention: dict[str, list[str]]
    seconds: tuple[float, float]
    megabytes: tuple[float, float]
    waiting: float
    hints: dict[str, int]
    items: Sequence[ItemCount]
    outdated: str


def make_class_report(graded: GradedClass) -> ClassReport:
    standings = [student.standing for student in graded.students]
    totals = [standing.total for standing in standings]
    verdicts = [student.verdict for student in graded.students]
    return ClassReport(
        graded,
        max_score=max(standing.max_score for standing in standings),
        mean=mean(totals),
        median=median(totals),
        histogram=_histogram([student.share for student in graded.students]),
        checks=_checks(graded),
        tests=_tests(graded),
        mistakes=count_mistakes(student.verdict for student in graded.students),
        attention=find_attention(graded),
        seconds=_median_and_most([verdict.used_seconds for verdict in verdicts]),
        megabytes=_median_and_most([verdict.used_mb for verdict in verdicts]),
        waiting=sum(standing.waiting for standing in standings),
        hints=count_hints(student.hints for student in graded.students),
        items=count_items(graded.assignment.items, graded.by_hand),
        outdated=tell_outdated(graded.assignment, find_outdated(graded.assignment, graded.by_hand)),
    )


def _median_and_most(values: Sequence[float]) -> tuple[float, float]:
    return median(values), max(values)


def _histogram(shares: Sequence[float]) -> list[int]:
    bins = [0] * BINS
    for share in shares:
        bins[min(int(share * BINS + 1e-9), BINS - 1)] += 1
    return bins


def _checks(graded: GradedClass) -> list[ItemStatistics]:
    """Of cells as the gradebook has them, in the notebook's order; of written answers those that a person has read."""
    order = list(dict.fromkeys(check["id"] for one in graded.students for check in one.verdict.checks()))
    cells = {cell.id: cell for one in graded.students for cell in one.standing.cells}
    found = []
    for id in [*(id for id in order if id in cells), *(id for id in cells if id not in order)]:
        scores, totals = [], []
        for student in graded.students:
            cell = next((cell for cell in student.standing.cells if cell.id == id), None)
            if cell and cell.score is not None and (cell.by_hand is not None or not cell.written):
                scores.append(cell.score)
                totals.append(sum(each.score or 0.0 for each in student.standing.cells))
        if scores:
            found.append(item_statistics(id, id, cells[id].max_score, scores, totals))
    return found


def _tests(graded: GradedClass) -> list[ItemStatistics]:
    """As the tests gave points, whatever people have done since."""
    verdicts = [student.verdict for student in graded.students]
    found = []
    for test in {test.test: test for verdict in verdicts for test in verdict.tests}.values():
        pairs = [(own.earned, verdict.score) for verdict in verdicts for own in verdict.tests if own.test == test.test]
        earned, totals = zip(*pairs, strict=True)
        found.append(item_statistics(test.test, test.title, test.points, earned, totals, hidden=test.hidden))
    return found
