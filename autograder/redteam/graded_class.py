"""A class of attacks, graded by the command line as staff would, and what must hold of it."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnngrader.ids import student_id
from redteam.accomplice import Accomplice
from redteam.active import active_in_notebook, active_in_page
from redteam.attack import Attack
from redteam.made_course import HONEST, ID, MadeCourse
from redteam.setting import Setting

BREACH = "BREACH"  # what an attack prints where it got what it wanted


@dataclass(frozen=True)
class Graded:
    """seconds: of the whole class. faults: {attack: what did not hold of it}. of_class: what did not hold of all."""

    setting: Setting
    attacks: Sequence[Attack]
    faults: dict[str, list[str]]
    of_class: list[str]
    confined_by: list[str]

    @property
    def told(self) -> list[str]:
        return [*self.of_class, *(f"{name}: {fault}" for name, found in self.faults.items() for fault in found)]


def grade_class(attacks: Sequence[Attack], setting: Setting) -> Graded:
    """Collect, grade, write the feedback and export, then look at all that came of it."""
    with Accomplice() as accomplice, MadeCourse(setting, accomplice) as made:
        runs = [made.run("release", ID), made.collect(attacks)]
        before = _contents(made)
        runs.append(made.run("grade", ID, "--json"))
        records = _records(runs[-1].stdout)
        again = [student_id(attack.student) for attack in attacks if attack.due.again]
        if again:
            students = [part for student in again for part in ("--student", student)]
            runs.append(made.run("grade", ID, "--json", "--force", *students))
            records |= _records(runs[-1].stdout)
        runs.append(made.run("feedback", ID))
        runs.append(made.run("export", ID, "--csv", "scores.csv"))
        of_class = [
            f"{run.args[-5:]} ended with {run.returncode}: {run.stderr[-400:] or run.stdout[-900:]}"
            for run in runs
            if run.returncode > ("grade" in run.args)  # 1 says that some were stopped
        ]
        of_class += [f"a traceback: {run.stderr[-600:]}" for run in runs if "Traceback" in run.stderr]
        of_class += ["an escape on standard output" for run in runs if "\x1b" in run.stdout + run.stderr]
        of_class += [f"an accomplice heard by {way}" for way in accomplice.heard()]
        of_class += [f"left behind: {what}" for what in made.left()]
        of_class += ["a file of the course has changed"] if _contents(made) != before else []
        of_class += _formulas(made.root / "scores.csv")
        for name, due in HONEST.items():
            record = records.get(name, {})
            if (record.get("status"), record.get("by_tests")) != ("graded", due):
                of_class.append(f"{name} got {record.get('by_tests')} ({record.get('status')}) and not {due}")
        faults = {attack.student: _faults(attack, made, records) for attack in attacks}
        log = made.course.log(ID, "honest")
        confined_by = log.read_text(encoding="utf-8") if log.exists() else ""
    return Graded(setting, attacks, {name: found for name, found in faults.items() if found}, of_class, [confined_by])


def _records(lines: str) -> dict[str, dict[str, Any]]:
    found = (json.loads(line) for line in lines.splitlines() if line.startswith("{"))
    return {record["student"]: record for record in found if "student" in record}


def _contents(made: MadeCourse) -> dict[str, bytes]:
    """Of what no grading changes."""
    roots = [
        made.root / name for name in ("solutions", "autograder", "assignments", "course/submitted", "course/source")
    ]
    roots += [made.root / "notes.txt", made.course.home / "nbgrader_config.py"]
    files = [
        path
        for root in roots
        for path in (root, *root.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]
    return {str(path): path.read_bytes() for path in files}


def _formulas(table: Path) -> list[str]:
    """Cells that a spreadsheet would compute."""
    if not table.exists():
        return ["no table was exported"]
    cells = re.split(r'[,\n]"?', table.read_text(encoding="utf-8"))
    return [f"a formula in scores.csv: {cell[:40]}" for cell in cells if re.match(r"[=@\t]|[+-](?![\d.]+$)", cell)]


def _faults(attack: Attack, made: MadeCourse, records: dict[str, dict[str, Any]]) -> list[str]:
    """What does not hold of one attack."""
    student, due = student_id(attack.student), attack.due
    if student not in records:
        return ["nothing is said of it"]
    record, found = records[student], []
    if record["by_tests"] not in due.scores or record["status"] not in due.status:
        found.append(f"got {record['by_tests']} ({record['status']}: {record['detail']}), due {due.score} {due.status}")
    log = made.course.log(ID, student).read_text(encoding="utf-8")
    messages = " ".join(str(cell["message"]) for cell in record["cells"])
    told = " ".join([record["detail"], *record["repairs"], messages, log])
    if due.line and not re.search(due.line, told):
        found.append(f"staff are not told {due.line!r}: {told[-300:]}")
    autograded = made.course.autograded(ID, student) / f"{ID}.ipynb"
    notebook = autograded.read_text(encoding="utf-8") if autograded.exists() else '{"metadata": {}, "cells": []}'
    page_path = made.course.page(ID, student)
    page = page_path.read_text(encoding="utf-8") if page_path.exists() else ""
    if not page:
        found.append("it has no feedback page")
    found += [f"{BREACH}: {line}" for line in _printed(notebook) + messages.splitlines() if BREACH in line][:5]
    canaries = made.canaries | {"secret": made.course.secret.read_text(encoding="utf-8").strip()}
    for where, text in (("its notebook", notebook), ("its page", page), ("its log", log)):
        found += [f"{what} is disclosed in {where}" for what, canary in canaries.items() if canary in text]
        controls = where != "its notebook" and re.search(r"[\x00\x07\x1b\x9b]", text)  # JSON may hold colours
        found += [f"a control character in {where}"] if controls else []
    found += [f"active on its page: {what}" for what in active_in_page(page)]
    found += [f"active in its notebook: {what}" for what in active_in_notebook(notebook)]
    return found


def _printed(notebook: str) -> list[str]:
    """Lines that its code printed or displayed; a traceback, which quotes the source, is none."""
    lines: list[str] = []
    for cell in json.loads(notebook)["cells"]:
        for output in cell.get("outputs", []):
            texts = [output.get("text", ""), output.get("evalue", ""), *output.get("data", {}).values()]
            lines += [
                line for text in texts for line in ("".join(text) if isinstance(text, list) else str(text)).splitlines()
            ]
    return lines
