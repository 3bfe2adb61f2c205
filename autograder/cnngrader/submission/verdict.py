"""What came of grading a submission."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from cnngrader.plain_text import plain, plain_lines
from cnngrader.submission.calls import Call
from cnngrader.submission.status import Status
from cnnkit.check.outcome import Outcome


@dataclass(frozen=True)
class TestVerdict:
    """One test's outcome. message: for the student, '' where all points are earned.
    fault: the traceback of a test that failed by its author's mistake, for staff. Both are plain
    text, whatever they are made of."""

    test: str
    check: str
    title: str
    points: float
    earned: float
    message: str = ""
    hidden: bool = False
    fault: str = ""

    __test__ = False  # pytest would take the name for a test class

    @property
    def outcome(self) -> Outcome:
        return Outcome(self.title, self.points, self.earned, self.message)

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", plain(self.message))
        object.__setattr__(self, "fault", plain_lines(self.fault))


@dataclass(frozen=True)
class Verdict:
    """What came of a job. detail: says more than status does.
    seconds: by the clock on the wall. slower: how many times slower than the reference machine it was.
    used_seconds, used_mb: by the submission, on its own clock, and of memory at the most; 0 where that is not known.

    redrawn: of its tests with further draws. calls: what was asked. Both only where that was wanted, and kept nowhere.

    detail, repairs and errors are plain text, whatever they are made of.
    """

    student: str
    assignment: str
    status: Status
    detail: str
    seconds: float
    tests: list[TestVerdict]
    repairs: list[str]
    errors: list[str]
    layers: list[str]
    notebook: str
    slower: float = 1.0
    used_seconds: float = 0.0
    used_mb: float = 0.0
    redrawn: list[TestVerdict] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        object.__setattr__(self, "status", Status(self.status))
        object.__setattr__(self, "detail", plain(self.detail))
        object.__setattr__(self, "repairs", [plain(note) for note in self.repairs])
        object.__setattr__(self, "errors", [plain_lines(error) for error in self.errors])

    @property
    def score(self) -> float:
        return round(sum(test.earned for test in self.tests), 6)

    @property
    def max_score(self) -> float:
        return sum(test.points for test in self.tests)

    def checks(self) -> list[dict[str, Any]]:
        """Tests summed by check: id, points, earned and the messages of what was lost."""
        found: dict[str, dict[str, Any]] = {}
        for test in self.tests:
            check = found.setdefault(test.check, {"id": test.check, "points": 0.0, "earned": 0.0, "message": ""})
            check["points"] += test.points
            check["earned"] = round(check["earned"] + test.earned, 6)
            if test.message and test.message not in check["message"]:
                check["message"] = f"{check['message']} {test.message}".strip()
        return list(found.values())

    def lost(self, why: str) -> "Verdict":
        """Of an emptied job: as that of a submission that no grading process survived. Another day, with more memory,
        one may."""
        detail = f"{why}; look at what was handed in"
        tests = [replace(test, earned=0.0, message=f"could not be asked: {why}.") for test in self.tests]
        return replace(self, status=Status.LOST, detail=detail, tests=tests, repairs=[])

    def asdict(self) -> dict[str, Any]:
        """What is kept of it."""
        return asdict(replace(self, redrawn=[], calls=[]))

    @classmethod
    def fromdict(cls, data: dict[str, Any]) -> "Verdict":
        return cls(**{**data, "tests": [TestVerdict(**test) for test in data["tests"]]})
