"""All that a run of `cnnkit grade` says: a line or an object for each submission, and at the end their summary."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from statistics import mean, median
from typing import Any

from cnngrader.console import out
from cnngrader.grading.record import Record
from cnngrader.plain_text import plain
from cnngrader.submission.status import Status

GROUPS = 6
"""So many groups of students who handed in the same are named in one line."""


@dataclass
class RunReport:
    """lines: takes objects in place of text. zone: in which times are told; None is this machine's.
    feedback: the command that comes after grading. by_hand: how written answers are graded. logs: where it stands
    why a submission was stopped. similar: the command that shows who handed in the same. absent: {student: name} of who
    is in the roster and handed in nothing."""

    assignment: str
    feedback: str
    by_hand: str
    logs: str
    similar: str
    zone: tzinfo | None = None
    lines: Callable[[dict[str, Any]], None] | None = None
    absent: Mapping[str, str] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)

    def tell(self, record: Record) -> None:
        """One submission, as it comes."""
        self.records.append(record)
        if self.lines is not None:
            self.lines(record.asdict())
        else:
            out.print(record.line(self.zone), markup=False)

    def end(self, course_fault: str = "", alike: Sequence[Sequence[str]] = ()) -> int:
        """Tell the summary; returns the exit status. course_fault: the given cell that failed for everybody.
        alike: groups of students who handed in the same, or nearly so."""
        summary = self.summary(course_fault, alike)
        if self.lines is not None:
            self.lines({"summary": summary})
        else:
            self._print(summary)
        return int(bool(course_fault) or summary["graded"] < summary["submissions"])

    def summary(self, course_fault: str = "", alike: Sequence[Sequence[str]] = ()) -> dict[str, Any]:
        """Of all that were told, those that needed no run with them."""
        stopped: dict[str, list[str]] = {}
        for record in self.records:
            if record.status != Status.GRADED:
                stopped.setdefault(record.status, []).append(record.student)
        standings = [record.standing for record in self.records if record.standing and record.status != Status.FAILED]
        totals = [standing.total for standing in standings]
        waiting = [standing.waiting for standing in standings if standing.waiting]
        return {
            "assignment": self.assignment,
            "course_fault": course_fault,
            "submissions": len(self.records),
            "graded": sum(record.status == Status.GRADED for record in self.records),
            "kept": sum(record.kept for record in self.records),
            "stopped": stopped,
            "absent": list(self.absent),
            "logs": self.logs,
            "mean": round(mean(totals), 2) if totals else None,
            "median": round(median(totals), 2) if totals else None,
            "max_score": max((standing.max_score for standing in standings), default=None),
            "waiting": {"students": len(waiting), "points": sum(waiting)},
            "alike": [list(group) for group in alike],
            "next": ([self.by_hand] if waiting else []) + [self.feedback],
        }

    def _print(self, summary: dict[str, Any]) -> None:
        out.print()
        if summary["course_fault"]:
            out.print(
                f"The course's own {summary['course_fault']}\n"
                "Students are given this cell as it is, and it failed for all. Repair it, release it, grade again.",
                style="bold red",
                markup=False,
            )
        kept = f" {summary['kept']} as before, since nothing has changed; --force grades them again."
        out.print(f"{summary['graded']} of {summary['submissions']} graded.{kept if summary['kept'] else ''}")
        if summary["stopped"]:
            who = "; ".join(f"{status}: {', '.join(names)}" for status, names in summary["stopped"].items())
            out.print(f"Stopped: {plain(who, 100_000)}. Why is in {self.logs}", markup=False)
        if summary["absent"]:
            who = ", ".join(self.absent.values())
            out.print(f"Handed in nothing ({len(summary['absent'])}): {plain(who, 100_000)}", markup=False)
        if summary["mean"] is not None:
            out.print(f"Mean {summary['mean']:g}, median {summary['median']:g} of {summary['max_score']:g}.")
        if students := summary["waiting"]["students"]:
            points = summary["waiting"]["points"]
            out.print(f"Written answers of {students} wait for a person, {points:g} points in all.")
        if groups := summary["alike"]:
            out.print(
                f"Alike beyond what was given, for a person to look at ({self.similar}): {name_groups(groups)}.",
                markup=False,
            )
        for number, command in enumerate(summary["next"]):
            out.print(f"{'Then' if number else 'Now'}: {command}", markup=False)


def name_groups(groups: Sequence[Sequence[str]]) -> str:
    """The first few of many.

    >>> name_groups([["ana", "ben"], ["cem", "dora"]])
    'ana and ben; cem and dora'
    """
    named = [plain(" and ".join(group), 300) for group in groups[:GROUPS]]
    more = len(groups) - len(named)
    return "; ".join(named) + (f"; and {more} more groups" if more else "")
