"""That there is a corrected release is told where it is, and nothing keeps a notebook from beginning."""

import io
import socket
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from cnnkit.check.newer_release import find_newer_release

CHECKS = 'HIDDEN = {}\n\ncheck = Checks(__name__, HIDDEN, "unet", "bbbb2222", about={"title": "U-Net"})\n'


def zipped(files):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return sink.getvalue()


@pytest.fixture
def address():
    """address(content): where that is to be had; None for what is not there."""
    servers = []

    def serve(content):
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(404 if content is None else 200)
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=server.serve_forever).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/course.zip?key=1"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("around", ["", "course-main/assignments/"])
def test_another_release_is_found(address, around):
    place = address(
        zipped({f"{around}mnist/checks.py": CHECKS.replace("unet", "mnist"), f"{around}unet/checks.py": CHECKS})
    )
    assert find_newer_release("unet", "aaaa1111", place, seconds=60) == "bbbb2222"
    assert find_newer_release("unet", "bbbb2222", place, seconds=60) == ""


@pytest.mark.parametrize(
    "content",
    [None, b"<html>", zipped({}), zipped({"unet/checks.py": "check = None"}), zipped({"my_unet/checks.py": CHECKS})],
)
def test_where_there_is_none_nothing_is_told(address, content):
    assert find_newer_release("unet", "aaaa1111", address(content), seconds=60) == ""


def test_an_address_that_never_answers_is_not_waited_for():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert find_newer_release("unet", "aaaa1111", f"http://127.0.0.1:{silent.getsockname()[1]}/", seconds=0.1) == ""
