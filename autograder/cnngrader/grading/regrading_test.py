from cnngrader.authoring.rubric_digests import DigestedTest
from cnngrader.grading.regrading import find_untested, keep_holding, merge
from cnngrader.submission.verdict import TestVerdict, Verdict
from cnnkit.check._graded import GradedTest


def present(name, digest="d", points=2.0, title="Title", check="check", hidden=False):
    return DigestedTest(name, title, GradedTest(check, points, hidden), digest)


def verdict(*tests):
    return Verdict("jane", "pooling", "graded", "", 1.0, list(tests), [], [], [], "")


def earned(name, points=2.0, earned=1.0):
    return TestVerdict(name, "check", "Title", points, earned, "why")


DIGESTS = {"test_a": "d", "test_b": "d"}


def test_nothing_changed_and_everything_holds():
    given = verdict(earned("test_a"), earned("test_b"))
    kept = keep_holding(given, DIGESTS, [present("test_a"), present("test_b")])
    assert kept == given.tests
    assert find_untested(kept, [present("test_a"), present("test_b")]) == ()


def test_only_what_changed_or_is_new_is_run():
    tests = [present("test_a", digest="other"), present("test_b"), present("test_c")]
    kept = keep_holding(verdict(earned("test_a"), earned("test_b")), DIGESTS, tests)
    assert [test.test for test in kept] == ["test_b"]
    assert find_untested(kept, tests) == ("test_a", "test_c")


def test_points_title_check_and_secrecy_are_those_of_now_and_the_share_earned_stays():
    tests = [present("test_a", points=6.0, title="New", check="other", hidden=True)]
    (kept,) = keep_holding(verdict(earned("test_a", 2.0, 0.5)), DIGESTS, tests)
    assert kept == TestVerdict("test_a", "other", "New", 6.0, 1.5, "why", True)


def test_a_test_that_is_gone_is_gone():
    assert [
        t.test for t in keep_holding(verdict(earned("test_a"), earned("test_b")), DIGESTS, [present("test_b")])
    ] == ["test_b"]


def test_a_test_whose_verdict_is_missing_is_run():
    tests = [present("test_a"), present("test_b")]
    assert find_untested(keep_holding(verdict(earned("test_a")), DIGESTS, tests), tests) == ("test_b",)


def test_what_was_run_and_what_was_kept_come_in_the_rubrics_order():
    tests = [present("test_a"), present("test_b"), present("test_c")]
    whole = merge(verdict(earned("test_b", earned=2.0)), [earned("test_c"), earned("test_a")], tests)
    assert [(test.test, test.earned) for test in whole.tests] == [("test_a", 1.0), ("test_b", 2.0), ("test_c", 1.0)]
