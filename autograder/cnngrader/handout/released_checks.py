"""What a released checks.py says of its assignment, read without running it."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cnngrader.errors import UsageError
from cnnkit.check.due_date import DueDate


@dataclass(frozen=True)
class ReleasedChecks:
    """text: the file. hidden: {check id: points} of tests that run when it is handed in. limits: of the grader, where
    they are told. assignments: where the course gives its releases out; "" where that is not told."""

    text: str
    assignment: str
    release: str
    hidden: dict[str, float] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)
    datasets: tuple[str, ...] = ()
    due: DueDate | None = None
    assignments: str = ""


def read_checks(path: Path) -> ReleasedChecks:
    """Raises UsageError where the file is missing, or is none that a release has written."""
    try:
        text = path.read_text(encoding="utf-8")
        values = {
            node.targets[0].id: node.value
            for node in ast.parse(text).body
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        call = values["check"]
        assert isinstance(call, ast.Call)
        _, _, assignment, release, *_ = call.args
        told: dict[str, Any] = {str(one.arg): ast.literal_eval(one.value) for one in call.keywords}
        about = told.get("about", {})
        due = DueDate(datetime.fromisoformat(told["due"]), told.get("late", "")) if "due" in told else None
        return ReleasedChecks(
            text,
            ast.literal_eval(assignment),
            ast.literal_eval(release),
            ast.literal_eval(values["HIDDEN"]),
            about.get("limits", {}),
            tuple(about.get("datasets", ())),
            due,
            about.get("assignments", ""),
        )
    except FileNotFoundError:
        raise UsageError(
            f"there is no {path.name} in {path.parent}: cnnkit start ID --into '{path.parent}' puts it there, and "
            "leaves your work"
        ) from None
    except (OSError, SyntaxError, ValueError, LookupError, TypeError, AssertionError):
        raise UsageError(f"{path} is none that a release has written. Take the assignment's own again") from None


def find_checks(path: Path) -> ReleasedChecks | None:
    """None where it is missing, or is none that a release has written."""
    try:
        return read_checks(path)
    except UsageError:
        return None
