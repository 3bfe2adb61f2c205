"""A course whose students write scripts wherever they can, and its server."""

import asyncio
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

import nbformat
import pytest
from tornado.httpserver import HTTPServer

from cnngrader.cells import id_of
from cnngrader.grading.crash_test import InstantPool, hand_in, released_course
from cnngrader.grading.grading import Grading
from cnngrader.serving.access import Access
from cnngrader.serving.app import make_app
from cnngrader.serving.runs import Runs
from cnngrader.serving.serve import bind

RAN = "document.documentElement.dataset.ran=1"
EVIL = f"<img src=x onerror={RAN}><script>{RAN}</script>"
NAME = "eve &lt; 'x' {{ 7*7 }} %2f"
WRITTEN = "lost-and-gained"


class AnsweringPool(InstantPool):
    """Verdicts with what a student could have brought into them."""

    def grade(self, job):
        verdict = super().grade(job)
        notebook = nbformat.reads(verdict.notebook, as_version=4)
        for cell in notebook.cells:
            if id_of(cell) == WRITTEN:
                cell.source = f"It is **lost** where things are. {EVIL} [a](javascript:alert(1)) {job.student}"
        tests = [*verdict.tests]
        object.__setattr__(tests[0], "message", f"{EVIL} is no number.")
        for name, value in {"notebook": nbformat.writes(notebook), "errors": [EVIL], "repairs": [EVIL]}.items():
            object.__setattr__(verdict, name, value)
        return verdict


class Site:
    """A browser's view of a server, without what browsers add by themselves."""

    def __init__(self, course, port, access, runs):
        self.course, self.access, self.runs = course, access, runs
        self.host = f"127.0.0.1:{port}"
        self.base = f"http://{self.host}"
        self.jar = CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar)
        )

    def get(self, path, **headers):
        return self._ask(urllib.request.Request(self.base + path, headers=headers))

    def post(self, path, fields=(), **headers):
        data = urllib.parse.urlencode(dict(fields), doseq=True).encode()
        return self._ask(urllib.request.Request(self.base + path, data, headers=headers))

    def send(self, page, path, **fields):
        """A form of a page, as a browser does."""
        return self.post(path, {**fields, "_xsrf": self._token(page)}, Origin=self.base)

    def send_file(self, page, path, file, **fields):
        """A form of a page with a file, (name, text)."""
        heads = {f'name="{name}"': value for name, value in {**fields, "_xsrf": self._token(page)}.items()}
        heads[f'name="file"; filename="{file[0]}"'] = file[1]
        parts = [f"--part\r\nContent-Disposition: form-data; {head}\r\n\r\n{heads[head]}\r\n" for head in heads]
        data = "".join([*parts, "--part--\r\n"]).encode()
        headers = {"Content-Type": "multipart/form-data; boundary=part", "Origin": self.base}
        return self._ask(urllib.request.Request(self.base + path, data, headers=headers))

    def _token(self, page):
        return re.search(r'name="_xsrf" value="([^"]*)"', self.get(page)[2])[1]

    def _ask(self, request):
        try:
            with self._opener.open(request, timeout=600) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read().decode()


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = released_course(tmp_path_factory.mktemp("serving") / "root")
    for student, answer in {"ana": "right", "béla": "wrong", NAME: "right"}.items():
        hand_in(course, student, answer)
    list(Grading(course, course.assignment("window"), confined=False).run(AnsweringPool(course)))
    log = course.log("window", NAME)
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(f"Cell 1: eve's {EVIL}\n", encoding="utf-8")
    hand_in(course, "caj us", "right")  # not graded yet
    return course


@pytest.fixture(scope="module")
def server(course):
    loop, ready, sites = asyncio.new_event_loop(), threading.Event(), []

    async def start():
        sockets, access, runs = bind(0), Access(), Runs(course)
        port = sockets[0].getsockname()[1]
        http = HTTPServer(make_app(course, access, runs, port))
        http.add_sockets(sockets)
        sites.append((http, port, access, runs))
        ready.set()

    async def stop():
        sites[0][0].stop()
        await sites[0][0].close_all_connections()

    def run():
        asyncio.set_event_loop(loop)
        loop.create_task(start())
        loop.run_forever()

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(60)
    yield sites[0][1:]
    asyncio.run_coroutine_threadsafe(stop(), loop).result(60)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def stranger(course, server):
    """Somebody who does not have the token."""
    return Site(course, *server)


@pytest.fixture
def site(stranger):
    assert stranger.get(f"/?token={stranger.access.token}")[0] == 200
    return stranger
