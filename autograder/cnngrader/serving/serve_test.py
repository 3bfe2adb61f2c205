"""Who gets an answer, what may run in it, and that it shows the course."""

import os
import re
import signal
import subprocess
import sys
import time
from urllib.parse import quote

import pytest

from cnngrader.grading.run_lock import RunLock, find_holder
from cnngrader.serving.conftest import EVIL, NAME

STUDENT = f"/assignment/window/student/{quote(NAME, safe='')}"
PAGES = ["/", "/assignment/window", "/assignment/window/rows", STUDENT, "/report/window", "/report/term"]
PAGES += ["/assignment/window/export", "/assignment/window/similar", "/assignment/window/written"]
PAGES += ["/assignment/window/written/lost-and-gained"]
ENCLOSED = [f"{STUDENT}/page", f"{STUDENT}/log", "/report/window.html", "/report/term.html", "/assignment/window/run"]
ENCLOSED += ["/assignment/window/export/scores.csv"]
RUNS = ["/assignment/window/grade", "/assignment/window/stop"]
CHANGING = [*RUNS, *(f"/assignment/window/{page}" for page in ("export", "similar", "written/lost-and-gained"))]


def policy(headers):
    return {part.split()[0]: part.split()[1:] for part in headers["Content-Security-Policy"].split(";")}


@pytest.mark.parametrize("path", [*PAGES, *ENCLOSED, "/static/serve.js", "/nowhere"])
def test_without_the_token_nothing_is_told(stranger, path):
    for asked in (path, f"{path}?token=", f"{path}?token={'0' * 48}"):
        status, headers, text = stranger.get(asked)
        assert status == 403
        assert "window" not in text and "Set-Cookie" not in headers


@pytest.mark.parametrize("path", PAGES + ENCLOSED)
def test_with_it_all_is_told_and_it_leaves_the_address(site, path):
    status, _, text = site.get(path)
    assert status == 200, text
    (cookie,) = [cookie for cookie in site.jar if "form" not in cookie.name]
    assert cookie.has_nonstandard_attr("HttpOnly") and cookie.get_nonstandard_attr("SameSite") == "Strict"
    assert site.access.token not in (text, cookie.value)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8890", "127.0.0.1.evil.example", "[::", "10.0.0.1"])
def test_by_another_name_it_is_not_known(site, host):
    assert site.get("/", Host=host)[0] in (400, 403)
    assert site.get(f"/?token={site.access.token}", Host=host)[0] in (400, 403)


def test_through_a_tunnel_it_is(site):
    assert site.get("/", Host="localhost:9999")[0] == 200


@pytest.mark.parametrize("path", CHANGING)
def test_what_changes_something_needs_a_form_of_ours(site, path):
    token = re.search(r'name="_xsrf" value="([^"]*)"', site.get("/assignment/window")[2])[1]
    assert site.post(path, {}, Origin=site.base)[0] == 403
    assert site.post(path, {"_xsrf": "0"}, Origin=site.base)[0] == 403
    for origin in ("http://evil.example", "null", "http://127.0.0.1:1"):
        assert site.post(path, {"_xsrf": token}, Origin=origin)[0] == 403
    assert site.post(path, {"_xsrf": token})[0] == 403
    assert not site.runs.current and not site.course.run_log("window").exists()


@pytest.mark.parametrize("path", RUNS)
def test_no_run_is_started_or_stopped_by_looking(site, path):
    assert site.get(path)[0] == 405


@pytest.mark.parametrize("path", [*PAGES, "/nowhere", "/assignment/nope", "/static/serve.css", *ENCLOSED])
def test_every_answer_says_what_may_run_in_it(site, path):
    _, headers, text = site.get(path)
    found = policy(headers)
    assert found["default-src"] == ["'none'"] and found["base-uri"] == ["'none'"]
    assert found.get("script-src", ["'none'"]) in (["'self'"], ["'none'"])
    assert "unsafe" not in " ".join(found.get("script-src", []))
    if path in ENCLOSED:
        assert "sandbox" in found and "allow-scripts" not in found["sandbox"] and "script-src" not in found
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Cache-Control"] == "no-store"
    if headers["Content-Type"].startswith("text/html"):
        assert not re.search(r"<script(?! src=.\/static/serve.js. defer)|<img|<[^>]*\son\w+=|<[^>]*commandlinker", text)


def test_the_class_shows_who_has_what_and_who_waits(site):
    text = site.get("/assignment/window")[2]
    rows = re.findall(r'(?s)<tr id="row-.*?</tr>', text)
    assert len(rows) == 4
    assert all("graded" in row for row in rows) and ["not graded yet" in row for row in rows].count(True) == 1
    assert "3 of 4 are graded, mean 2 of 5" in text


def test_a_student_who_is_not_there_is_no_path(site):
    for name in ("nobody", "..", "../../secret", "%2e%2e", "ana/../béla"):
        status, _, text = site.get(f"/assignment/window/student/{quote(name, safe='')}/log")
        assert status == 404 and "graded:" not in text


def test_a_run_that_goes_on_is_told_and_no_other_begins(site):
    with RunLock(site.course.journal("window", "lock")):
        text = site.get("/assignment/window")[2]
    assert f"by process {os.getpid()} on" in text and "0 graded so far" in text and "/grade" not in text
    assert "is being graded" not in site.get("/assignment/window")[2]


def test_who_looks_at_a_lock_keeps_nobody_from_it(tmp_path):
    path = tmp_path / "window.lock"
    assert find_holder(path) is None
    looking = "import sys, pathlib\nfrom cnngrader.grading.run_lock import find_holder\nprint(flush=True)\nwhile True:"
    code = f"{looking}\n    find_holder(pathlib.Path(sys.argv[1]))"
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) as looker:
        looker.stdout.readline()
        for _ in range(300):
            with RunLock(path):
                assert find_holder(path).startswith(f"process {os.getpid()}")
        looker.kill()


def test_grading_starts_the_command_and_shows_what_it_says(site):
    status, _, text = site.send("/assignment/window", "/assignment/window/grade", student="caj us")
    assert status == 200 and "caj us" in text
    while site.runs.current:
        time.sleep(0.1)
    said = site.get("/assignment/window/run")[2]
    assert re.search(r"caj us .* of 5", said), said
    assert "not graded yet" not in site.get("/assignment/window")[2]
    assert site.course.run_log("window").stat().st_mode & 0o077 == 0


def test_a_platforms_file_is_filled_and_told_of(site):
    assert site.get("/assignment/window/export/canvas.csv")[0] == 404
    sheet = f"Student,ID,SIS Login ID,Section,The window (7)\n  Points Possible,,,,5\nAna,1,ana,1,\nX{EVIL},2,x,1,\n"
    path = "/assignment/window/export"
    status, _, text = site.send_file(path, path, ("g.csv", sheet), platform="canvas", column="The window (7)")
    assert status == 200 and "1 grades" in text and "handed in nothing" in text and EVIL not in text
    status, headers, filled = site.get(f"{path}/canvas.csv")
    assert filled == sheet.replace("Ana,1,ana,1,", "Ana,1,ana,1,3")
    assert headers["Content-Disposition"].startswith("attachment")
    assert site.course.exported("window-canvas.csv").stat().st_mode & 0o077 == 0
    for name, wrong in (("g.csv", ""), ("g.csv", "a,b\n1,2\n"), ("g.xlsx", "PK\0")):
        status, _, text = site.send_file(path, path, (name, wrong), platform="canvas")
        assert status == 409 and name in text


def test_the_table_is_the_gradebooks(site):
    text = site.get("/assignment/window/export/scores.csv")[2]
    assert text.startswith("student,name,") and "béla,,window," in text


def test_a_class_is_compared_and_shown_side_by_side(site):
    assert "Nobody has compared" in site.get("/assignment/window/similar")[2]
    status, _, text = site.send("/assignment/window/similar", "/assignment/window/similar")
    assert status == 200 and "Compare anew" in text
    _, headers, page = site.get("/assignment/window/similar/page")
    assert page == site.course.report("window.similar").read_text(encoding="utf-8")
    assert "sandbox" in policy(headers) and "script-src" not in policy(headers)


def test_nobody_is_graded_who_handed_in_nothing_nor_by_an_option(site):
    for student in ("--unconfined", "nobody"):
        assert site.send("/assignment/window", "/assignment/window/grade", student=student)[0] == 409


# Whoever starts the tests in the background has Ctrl-C ignored by all that they start.
HEARING = """
import signal, sys
from cnngrader.commands.main import main

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(main(["serve", "--port", "0"]))
"""


def test_the_command_prints_its_address_and_ends_at_ctrl_c(site):
    command = [sys.executable, "-c", HEARING]
    with subprocess.Popen(command, cwd=site.course.root, stdout=subprocess.PIPE, text=True) as process:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[0-9a-f]{48}\n", process.stdout.readline())
        process.send_signal(signal.SIGINT)
        assert process.stdout.read().endswith("ended\n")
    assert process.returncode == 0
