import io
from contextlib import redirect_stdout

from cnngrader.kernel.programs import output_of, show_program


def test_a_program_shows_both_its_streams_and_tells_how_it_ended():
    shown = io.StringIO()
    with redirect_stdout(shown):
        status = show_program("echo out; echo err >&2; exit 3")
    assert (shown.getvalue(), status) == ("out\nerr\n", 3)


def test_its_output_is_had_whole():
    assert output_of("printf 'a\\nb'; echo c >&2") == "a\nbc\n"
