"""What pages are made of: texts are escaped, and nothing on them is run or loaded."""

from functools import cache

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape


@cache  # to compile a template takes longer than to fill it
def templates(package: str = "cnngrader.pages") -> Environment:
    """The templates that lie in a package, which may extend those of pages."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package, ""), PackageLoader("cnngrader.pages", "")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    environment.filters.update(points=_points, percent=_percent, code=_code)
    return environment


def _points(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _code(text: str) -> Markup:
    """`Backquoted` words as code, all else escaped."""
    parts = str(text).split("`")
    return Markup("").join(Markup("<code>{}</code>").format(p) if i % 2 else escape(p) for i, p in enumerate(parts))
