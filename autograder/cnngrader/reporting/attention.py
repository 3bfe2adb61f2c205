"""Who should be looked at by a person, and why."""

from cnngrader.reporting.graded_class import GradedClass, GradedStudent
from cnngrader.submission.status import Status


def find_attention(graded: GradedClass) -> dict[str, list[str]]:
    """{student: reasons}, those with the gravest first."""
    found = {name: ["handed in nothing"] for name in graded.absent}
    found |= {name: ["not graded yet"] for name in graded.waiting}
    for student in sorted(graded.students, key=lambda student: student.standing.total):
        if reasons := _reasons(student):
            found[student.name] = reasons
    return found


def _reasons(student: GradedStudent) -> list[str]:
    verdict, standing = student.verdict, student.standing
    reasons = [] if verdict.status == Status.GRADED else [f"{verdict.status}: {verdict.detail}"]
    if standing.total == 0 and not standing.waiting:
        reasons.append("0 points")
    elif verdict.score == 0 and verdict.tests:
        reasons.append("0 points by tests")
    if faults := [test.test for test in verdict.tests if test.fault]:
        reasons.append(f"tests that failed themselves: {', '.join(faults)}")
    if standing.seconds_late:
        days = standing.seconds_late / 86400
        reasons.append(f"{days:.1f} days late" if days >= 1 else f"{standing.seconds_late / 3600:.1f} h late")
    if verdict.repairs:
        reasons.append(f"repaired in {len(verdict.repairs)} places" if len(verdict.repairs) > 1 else "repaired")
    return reasons
