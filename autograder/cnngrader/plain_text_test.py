import logging
import random
import unicodedata
from datetime import UTC, datetime

import pytest

from cnngrader.console import Stream
from cnngrader.grading.record import Record
from cnngrader.grading.submission_log import text_of
from cnngrader.ordinary.stopped import why_failed
from cnngrader.plain_text import plain, plain_lines
from cnngrader.submission.verdict import TestVerdict, Verdict

EVIL = "wrong\r\x1b[1A\x1b[2K\x1b]0;graded: 3 of 3\x07\x1b]8;;http://x\x1b\\a\u202eb\x9b2J\x00\x08\ud800\x85c\u2028d"


def harmless(text: str) -> bool:
    """Whether no terminal would do anything else than show it."""
    return text.encode() != b"" and not any(
        unicodedata.category(c) == "Cc" or c == "\u202e" for c in set(text) - set("\n\t")
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mNameError\x1b[0m", "NameError"),
        ("50 %\rdone", "50 % done"),
        ("a\x1b]0;title\x07b\x1b]8;;http://x\x1b\\c", "abc"),
        ("\x1b]no end", "no end"),
        ("\x1b", "\N{REPLACEMENT CHARACTER}"),
        ("a\x9b2Jb\x9d0;t\x9cc", "abc"),
        ("user\u202egpj.exe", "user\N{REPLACEMENT CHARACTER}gpj.exe"),
        ("half \ud800", "half ?"),
        ("one\ntwo", "one two"),
        ("naïve 日本語 שלום 👩\u200d🔬 ✔", "naïve 日本語 שלום 👩\u200d🔬 ✔"),
    ],
)
def test_what_a_terminal_would_obey_is_taken_out_and_all_else_stays(text, shown):
    assert plain(text) == shown


def test_a_long_text_is_cut_and_lines_stay_lines_where_they_may():
    assert plain("x" * 10**7, 50) == "x" * 49 + "…"
    assert plain_lines("one\r\ntwo\n  three") == "one\ntwo\n  three"


@pytest.mark.parametrize("seed", range(50))
def test_any_text_is_harmless(seed):
    rng = random.Random(seed)
    text = "".join(rng.choice(["\x1b", "[", "]", "\x9b", "\\", "1;2H", chr(rng.randrange(0x300))]) for _ in range(300))
    assert harmless(plain(text))
    assert harmless(plain_lines(text))


def verdict(**changes) -> Verdict:
    tests = [TestVerdict("test_a", "a", "A title", 1.0, 0.0, EVIL + "m" * 4_000_000, fault=EVIL)]
    texts = {"status": "graded", "detail": EVIL, "repairs": [EVIL], "errors": [EVIL * 100]}
    return Verdict(
        **{"student": "sam", "assignment": "window", "seconds": 1.0, "tests": tests, "layers": [], "notebook": ""}
        | texts
        | changes
    )


def test_a_verdict_holds_plain_texts_alone_wherever_it_comes_from():
    for found in (verdict(), Verdict.fromdict(verdict().asdict())):
        texts = [found.detail, *found.repairs, *found.errors, found.tests[0].message, found.tests[0].fault]
        assert all(map(harmless, texts))
        assert len(found.tests[0].message) <= 1000


def test_a_log_has_one_entry_for_one_verdict():
    lines = text_of(verdict(), datetime(2026, 3, 8, tzinfo=UTC)).split("\n")
    assert all(map(harmless, lines))
    assert [line for line in lines if not line.startswith("  ")] == lines[:1]


def test_the_line_of_a_student_and_what_the_console_prints_of_it_are_harmless(capsys):
    Stream("stdout").print(Record("\x1b[2Jada\nbo", "window", "crashed", EVIL).line(None), markup=False)
    shown = capsys.readouterr().out
    assert harmless(shown)
    assert "ada" in shown


def test_why_an_ordinary_submission_failed_is_one_harmless_line():
    assert harmless(why_failed(ValueError(EVIL)))


def test_what_nbgrader_says_of_a_student_is_plain_in_its_log(tmp_path):
    from cnngrader.ordinary.ordinary_course import ordinary_log

    handler = ordinary_log(tmp_path / "log")
    try:
        raise ValueError(EVIL)
    except ValueError as error:
        record = logging.LogRecord("n", logging.ERROR, "p", 1, "%s", (EVIL,), (ValueError, error, error.__traceback__))
    handler.emit(record)
    handler.close()
    assert all(map(harmless, (tmp_path / "log").read_text().splitlines()))
