"""What of a notebook keeps out who does not see it, or sees it otherwise: the rules of WCAG 2.1 AA that a program can
hold, each group in a file."""

from cnngrader.verifying.accessibility._barriers import barriers

__all__ = ["barriers"]
