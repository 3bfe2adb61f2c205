"""What figures tell by colour alone (WCAG 1.4.1), or in colours that not everybody tells apart, as far as a cell's text
shows."""

import ast
from collections.abc import Iterator

from matplotlib.colors import to_rgb

_LINES = frozenset({"linestyle", "ls", "marker", "linewidth", "lw"})
_AREAS = frozenset({"hatch", "linestyle", "ls", "histtype"})
DRAWN = {
    **dict.fromkeys(("plot", "step", "errorbar", "semilogx", "semilogy", "loglog"), _LINES),
    **dict.fromkeys(("bar", "barh", "hist", "fill_between"), _AREAS),
    "scatter": frozenset({"marker", "s"}),
}
"""{what draws: what tells its lines, points or areas apart beside their colour}"""
FOR_SOME = "jet hsv rainbow gist_rainbow nipy_spectral gist_ncar prism brg turbo RdYlGn Set1 PiYG".lower().split()
"""matplotlib's colour maps in which some see one colour where others see two, or edges where none are."""


def of_drawing(cell: str, source: str) -> Iterator[str]:
    try:
        tree = ast.parse(source)
    except SyntaxError:  # magics
        return
    yield from _of_curves(cell, tree)
    yield from _of_maps(cell, tree)
    yield from _of_red_and_green(cell, tree)


def _of_curves(cell: str, tree: ast.Module) -> Iterator[str]:
    """What a legend names and only its colour tells apart."""
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.For | ast.While | ast.ListComp)]
    repeated = {id(node) for loop in loops for node in ast.walk(loop)}
    bare = 0
    for call in _calls(tree):
        name = getattr(call.func, "attr", "")
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        texts = [each for each in call.args if isinstance(getattr(each, "value", None), str)]
        has_format = DRAWN.get(name) is _LINES and (texts or len(call.args) > 2)  # the third may be one
        if name in DRAWN and "label" in given and not (given.keys() & DRAWN[name] or has_format or None in given):
            varies = id(call) in repeated and not isinstance(given["label"], ast.Constant)
            bare += 2 if varies else 1
    if bare > 1:
        yield f"{cell}: curves are told apart by colour alone. Give each a linestyle, a marker or a hatch of its own"


def _of_maps(cell: str, tree: ast.Module) -> Iterator[str]:
    for call in _calls(tree):
        for keyword in call.keywords:
            value = keyword.value
            name = value.attr if isinstance(value, ast.Attribute) else getattr(value, "value", None)
            if keyword.arg == "cmap" and isinstance(name, str) and name.removesuffix("_r").lower() in FOR_SOME:
                yield f"{cell}: not everybody can tell the colours of {name!r} apart. Take cividis, or PuOr about zero"


def _of_red_and_green(cell: str, tree: ast.Module) -> Iterator[str]:
    hues = {hue for call in _calls(tree) for keyword in call.keywords if (hue := _hue(keyword))}
    if len(hues) == 2:
        yield (
            f"{cell}: red beside green, which look alike to one in twenty. Take colours of Okabe and Ito's, such as "
            "#0072B2 and #D55E00"
        )


def _hue(keyword: ast.keyword) -> str:
    """ "red" or "green", where that is the colour that it asks for."""
    value = getattr(keyword.value, "value", None)
    if keyword.arg not in ("color", "c", "facecolor", "edgecolor") or not isinstance(value, str):
        return ""
    try:
        red, green, blue = to_rgb(value)
    except ValueError:
        return ""
    if red > 2 * max(green, blue) and red > 0.5:
        return "red"
    return "green" if green > 1.5 * max(red, blue) and green > 0.4 else ""


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))
