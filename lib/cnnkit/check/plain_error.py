"""An error that a notebook shows in words alone."""

import textwrap


class PlainError(Exception):
    """What it says is all that a student needs: IPython shows no traceback."""

    def _render_traceback_(self) -> list[str]:
        """In lines that nbgrader does not cut."""
        wrapper = textwrap.TextWrapper(84, subsequent_indent="      ", break_on_hyphens=False)
        return [part for line in str(self).splitlines() for part in wrapper.wrap(line)]
