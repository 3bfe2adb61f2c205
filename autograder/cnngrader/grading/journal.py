"""An append-only record of every verdict, so that a killed run goes on where it was."""

import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cnngrader.files import write_whole
from cnngrader.ids import normal
from cnngrader.submission.verdict import Verdict


@dataclass(frozen=True)
class Entry:
    """A verdict as journaled. digests: of the tests that gave it, by name. committed: whether it
    has reached the gradebook. before: the score that the gradebook has as long as it has not.
    unchanged: graded cells that are what they were in the verdict before, so that no person has to
    look at them again. handed_in: the digest of the notebook that was graded; "" where it is not known."""

    key: str
    digests: Mapping[str, str]
    verdict: Verdict
    committed: bool = False
    before: float | None = None
    unchanged: Sequence[str] = ()
    handed_in: str = ""

    @property
    def entered(self) -> float | None:
        """The score in the gradebook; None where there is none."""
        return self.verdict.score if self.committed else self.before


class Journal:
    """A file of lines of JSON: one for each verdict and each commit, never changed but to forget somebody."""

    def __init__(self, path: Path):
        self.path = path
        self.path.parent.mkdir(parents=True, exist_ok=True)

    def by_key(self) -> dict[str, Entry]:
        """{key: the last entry with it}, of all verdicts ever given."""
        return {record["key"]: entry for record in self._records() if (entry := _entry_of(record))}

    def latest(self) -> dict[str, Entry]:
        """{student: their last entry}. A last line that a kill cut short is passed over."""
        entries: dict[str, Entry] = {}
        for record in self._records():
            student = normal(record["student"])
            former = entries.get(student)
            if entry := _entry_of(record):
                entries[student] = replace(entry, before=former.entered if former else None)
            elif former and former.key == record.get("committed"):
                entries[student] = replace(former, committed=True)
        return entries

    def _records(self) -> Iterator[dict[str, Any]]:
        """Its lines, but those that a kill cut short."""
        if self.path.exists():
            with self.path.open("rb") as lines:
                yield from filter(None, map(_record_of, lines))

    def students(self) -> set[str]:
        """Everybody of whom it has a line."""
        return {normal(record["student"]) for record in self._records()}

    def forget(self, students: Collection[str]) -> None:
        """Write it anew without the lines of these, and without what a kill left of one, which may be theirs."""
        lines = self.path.read_bytes().splitlines(keepends=True)
        left = [line for line in lines if (one := _record_of(line)) and normal(one["student"]) not in students]
        write_whole(self.path, b"".join(left), self.path.stat().st_mode & 0o777)

    def write(self, entry: Entry) -> None:
        """A verdict; its notebook lies in autograded/, not here."""
        self._append(
            {
                "student": entry.verdict.student,
                "key": entry.key,
                "tests": dict(entry.digests),
                "unchanged": list(entry.unchanged),
                "handed_in": entry.handed_in,
                "verdict": {**entry.verdict.asdict(), "notebook": ""},
            },
            sync=True,
        )

    def commit(self, key: str, student: str) -> None:
        """Not synced to the disk: where it is lost, the same scores are entered once more."""
        self._append({"student": student, "committed": key}, sync=False)

    def _append(self, record: dict[str, Any], *, sync: bool) -> None:
        with self.path.open("ab+") as file:
            file.seek(0, os.SEEK_END)
            if file.tell():
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":  # what a kill left of the last line
                    file.write(b"\n")
            file.write(json.dumps(record, separators=(",", ":")).encode() + b"\n")
            file.flush()
            if sync:
                os.fsync(file.fileno())


def _record_of(line: bytes) -> dict[str, Any] | None:
    """None of a line that is cut short."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) and isinstance(record.get("student"), str) else None


def _entry_of(record: Mapping[str, Any]) -> Entry | None:
    """None of a line that has no verdict, or one of another version, which is graded again."""
    try:
        verdict = replace(Verdict.fromdict(record["verdict"]), student=normal(record["student"]))
        return Entry(
            record["key"],
            dict(record["tests"]),
            verdict,
            unchanged=tuple(record.get("unchanged", ())),
            handed_in=str(record.get("handed_in", "")),
        )
    except (ValueError, TypeError, KeyError):
        return None
