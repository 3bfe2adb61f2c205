"""`make demo-class`: a large made-up class whose verdicts are made up, too, in a course of its own."""

import time
from pathlib import Path

from cnngrader.collecting.collect import collect
from cnngrader.commands.grade_demo import ASSIGNMENT, clean_folder
from cnngrader.commands.roster import bring_roster
from cnngrader.console import bar, out
from cnngrader.course import Course
from cnngrader.files import OWNER_ALONE, write_whole
from cnngrader.grading.grading import Grading
from cnngrader.grading.jobs import read_release
from cnngrader.pages.feedback import write_feedback
from cnngrader.reporting.class_report import make_class_report
from cnngrader.reporting.graded_class import read_class
from cnngrader.reporting.report_pages import write_class_page
from cnngrader.verifying.made_up_crowd import MadeUpCrowd


def grade_demo_class(course: Course, folder: Path, count: int, id: str = ASSIGNMENT) -> MadeUpCrowd:
    """Collect, grade, report; nothing that is handed in is run."""
    begun = time.monotonic()
    course = Course(course.root, clean_folder(folder.resolve()) / "course")
    assignment = course.assignment(id)
    crowd = MadeUpCrowd(assignment, read_release(course, assignment), count)
    submissions, gradebook = folder / "submissions.zip", folder / "gradebook.csv"
    write_whole(submissions, crowd.zip(), OWNER_ALONE)
    write_whole(gradebook, crowd.gradebook(), OWNER_ALONE)
    collect(course, id, submissions)
    grading = Grading(course, assignment, confined=False)
    plans = grading.prepare()
    grading.enter()
    with bar("Entering verdicts that are made up") as progress:
        progress.total(len(plans))
        for _ in grading.run(crowd):
            progress.step()
    bring_roster(course, gradebook)
    report = write_class_page(course, make_class_report(read_class(course, assignment)))
    pages = write_feedback(course, assignment, [])
    out.print(f"{len(pages)} of {count} made-up students handed in; {time.monotonic() - begun:.0f} s in all.")
    out.print("Their verdicts are made up: nothing was run.")
    out.print(f"Report:   {report}", markup=False)
    out.print(f"Feedback: {pages[0].parents[2]}/STUDENT/{id}/{pages[0].name}", markup=False)
    out.print(f"Try: cnnkit report {id} --course {course.home}", markup=False)
    out.print(f"     cnnkit export {id} --course {course.home} --canvas {gradebook}", markup=False)
    return crowd
