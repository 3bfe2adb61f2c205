"""The styles and the script of our pages."""

from importlib.resources import files

from cnngrader.serving.handler import Handler

KINDS = {"css": "text/css", "js": "text/javascript"}
FILES = {
    "style.css": "cnngrader.pages",
    "serve.css": "cnngrader.serving.static",
    "serve.js": "cnngrader.serving.static",
}


class StaticFile(Handler):
    def get(self, name: str) -> None:
        self.set_header("Content-Type", f"{KINDS[name.rpartition('.')[2]]}; charset=utf-8")
        self.write(files(FILES[name]).joinpath(name).read_bytes())
