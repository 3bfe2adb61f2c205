"""The command line. Each command is a file here, with its arguments, and imports what does the work only when it
runs, so that `cnnkit --help` is instant."""

import os
import signal
import sys
import threading
from collections.abc import Sequence

import click

import cnngrader.no_uri_grammar  # noqa: F401  # first
from cnngrader.commands.assign import assign
from cnngrader.commands.build import build
from cnngrader.commands.collect import collect
from cnngrader.commands.demo import demo
from cnngrader.commands.doctor import doctor
from cnngrader.commands.edit import edit
from cnngrader.commands.export import export
from cnngrader.commands.feedback import feedback
from cnngrader.commands.forget import forget
from cnngrader.commands.grade import grade
from cnngrader.commands.init import init
from cnngrader.commands.items import items
from cnngrader.commands.new import new
from cnngrader.commands.preview import preview
from cnngrader.commands.release import release
from cnngrader.commands.report import report
from cnngrader.commands.roster import roster
from cnngrader.commands.serve import serve
from cnngrader.commands.similar import similar
from cnngrader.commands.start import start
from cnngrader.commands.update import update
from cnngrader.commands.variant import variant
from cnngrader.commands.verify import verify
from cnngrader.errors import INSTALL, CnnkitError
from cnngrader.plain_text import encodable, plain, plain_lines


class InOrder(click.Group):
    def list_commands(self, context: click.Context) -> list[str]:
        """In the order of an assignment's life."""
        return list(self.commands)


@click.group(cls=InOrder, epilog="Example: cnnkit verify mnist_cnn", context_settings={"max_content_width": 100})
@click.version_option(package_name="cnnkit")
def cnnkit() -> None:
    """Work on assignments; write, prove, release, collect and grade them."""


OF_STUDENTS = (start, preview, update, doctor)
OF_STAFF = (
    init,
    new,
    edit,
    build,
    verify,
    release,
    roster,
    collect,
    grade,
    assign,
    items,
    feedback,
    report,
    similar,
    export,
    serve,
    forget,
    variant,
    demo,
)
for command in (*OF_STUDENTS, *OF_STAFF):
    cnnkit.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status: 0 done, 1 something was not right, 2 usage."""
    os.umask(os.umask(0o077) | 0o002)  # nothing that is written here is anybody's to change
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # a cluster's time is up: as Ctrl-C
    encoding = sys.getfilesystemencoding()
    given = "".join([os.getcwd(), *(sys.argv[1:] if arguments is None else arguments)])
    if encoding != "utf-8" and encodable(given) != given:
        return _end(f"Python reads names as {encoding} here, and one is not. Unset PYTHONUTF8, or set it to 1", 2)
    try:
        return cnnkit.main(arguments, prog_name="cnnkit", standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except CnnkitError as error:
        return _end(plain_lines(error), error.status)
    except ModuleNotFoundError as error:
        if not error.name or error.name.startswith(("cnngrader", "cnnkit")):
            raise
        return _end(f"{error.name} is not installed here. What grades needs all of: {INSTALL}", 1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        if not error.strerror:
            raise
        return _end(f"{plain(error.filename or 'a file')}: {error.strerror}", 1)
    except (KeyboardInterrupt, click.Abort):  # click has ended the line
        return _end("stopped. What was finished is kept; the same command goes on from there.", 130)


def _end(words: str, status: int) -> int:
    click.echo(f"cnnkit: {words}", err=True)
    return status
