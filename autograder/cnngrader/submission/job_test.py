from dataclasses import replace

from cnngrader.submission.job import Job


def test_what_a_log_shows_of_a_job_is_nobodys_and_no_test():
    job = Job("ana", "window", b"her notebook", b"", "def test_hidden(): ...", draw="5ec3e7")
    shown = repr(job)
    assert "window" in shown
    assert shown == repr(replace(job, student="bo", notebook=b"", rubric="", draw=""))
