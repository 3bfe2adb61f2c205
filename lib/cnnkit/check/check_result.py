"""What a check shows in a notebook."""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from cnnkit.check.comparison import draw_comparison
from cnnkit.check.layer_table import LayerRow
from cnnkit.check.outcome import Outcome

OKAY, WRONG, ASIDE = "okay", "wrong", "aside"

Line = tuple[str, str, str]
"""(kind, mark, text) of what is told: OKAY, WRONG or ASIDE; a sign that tells the same, or none; words."""

# The class stands twice where JupyterLab's own rule for the cells of tables would win, which names two.
# Each colour has a contrast of 4.5 and more on the page of its theme; the marks tell the same as the colours.
STYLE = """<style>
.cnnkit-check {--okay:#0b6e4f; --wrong:#a63c06; --aside:#555}
.cnnkit-check :is(ul, table) {list-style:none; margin:0; padding-left:1em; text-align:left}
.cnnkit-check.cnnkit-check table :is(th, td) {padding:0 1em 0 0; text-align:left}
.cnnkit-check :is(ul, p) {overflow-wrap:anywhere}
.cnnkit-check .okay {color:var(--okay)}
.cnnkit-check .wrong {color:var(--wrong)}
.cnnkit-check .aside {color:var(--aside)}
.cnnkit-check img {max-width:100%; background:#fff}
:is([data-jp-theme-light=false], .vscode-dark, html[theme=dark]) .cnnkit-check {
  --okay:#5fd0a5; --wrong:#ffa36b; --aside:#bbb
}
</style>"""


@dataclass(frozen=True)
class TimedOutcome(Outcome):
    """seconds: of the answer that took longest. allowed: how long one may take when it is graded. compared: an
    answer and the right one, where a picture of them tells more than words. layers: of a network beside those asked
    for, likewise."""

    seconds: float = 0.0
    allowed: float = float("inf")
    compared: tuple[np.ndarray, np.ndarray] | None = field(default=None, compare=False)
    layers: Sequence[LayerRow] = ()


@dataclass(frozen=True)
class CheckResult:
    """What a check prints: its tests' outcomes, as text or as HTML with the same words.

    printed: what the answers printed meanwhile. hints: how many there are.
    """

    check: str
    outcomes: list[TimedOutcome] = field(default_factory=list)
    hidden_points: float = 0.0
    printed: str = ""
    hints: int = 0

    @property
    def passed(self) -> bool:
        return all(outcome.passed for outcome in self.outcomes)

    @property
    def earned(self) -> float:
        return sum(outcome.earned for outcome in self.outcomes)

    @property
    def points(self) -> float:
        """Of the tests that were run."""
        return sum(outcome.points for outcome in self.outcomes)

    def _lines(self) -> list[Line]:
        lines: list[Line] = []
        for outcome in self.outcomes:
            lines.append((OKAY if outcome.passed else WRONG, outcome.mark, str(outcome)))
            if outcome.seconds > outcome.allowed:
                slow = f"an answer took {outcome.seconds:.0f} s here, and is stopped after {outcome.allowed:g} s"
                lines.append((WRONG, "!", f"{slow} when it is graded"))
        if self.hidden_points:
            lines.append((ASIDE, "…", f"{self.hidden_points:g} more for hidden tests, when you hand in"))
        if self.hints and not self.passed:
            lines.append((ASIDE, "?", f'a hint: `check("{self.check}", hint=1)`'))
        return lines

    def __repr__(self) -> str:
        lines = [self.check, *(f"  {mark} {text}" for _, mark, text in self._lines())]
        for outcome in self.outcomes:
            wide = max((len(row.yours) for row in outcome.layers), default=0)
            lines += [
                f"    {row.mark} {row.number:>2}  {row.yours:{wide}}  {row.wanted}".rstrip() for row in outcome.layers
            ]
        if self.printed:
            lines += ["  printed by your code:", *(f"    {line}" for line in self.printed.splitlines())]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        parts = [f"<b>{html.escape(self.check)}</b>", items_of(self._lines())]
        for outcome in self.outcomes:
            if outcome.compared and (drawn := draw_comparison(*outcome.compared)):
                data, words = drawn
                parts.append(f'<img src="data:image/png;base64,{data}" alt="{html.escape(words)}">')
            if outcome.layers:
                parts.append(_layers(outcome.layers))
        if self.printed:
            said = html.escape(self.printed)
            parts.append(f"<details><summary>printed by your code:</summary><pre>{said}</pre></details>")
        return block("".join(parts))


@dataclass(frozen=True)
class Overview:
    """What `check()` prints: every check, the points so far, and what of the notebook is left to do."""

    results: Sequence[CheckResult]
    left: Sequence[str] = ()
    due: str = ""

    def _rows(self) -> list[tuple[str, ...]]:
        """(kind, mark, check, points, hidden points)."""
        rows: list[tuple[str, ...]] = []
        for result in self.results:
            kind, mark = (OKAY, "✔") if result.passed else (WRONG, "✘")
            if not result.outcomes:
                kind, mark = ASIDE, "…"
            hidden = f"{result.hidden_points:g} more" if result.hidden_points else ""
            rows.append((kind, mark, result.check, f"{result.earned:g} of {result.points:g}", hidden))
        return rows

    def _total(self) -> str:
        earned, points = (sum(getattr(each, name) for each in self.results) for name in ("earned", "points"))
        hidden = sum(result.hidden_points for result in self.results)
        return f"{earned:g} of {points:g} points so far; {hidden:g} more for hidden tests, when you hand in"

    def _due(self) -> list[str]:
        return [self.due[0].upper() + self.due[1:]] if self.due else []

    def __repr__(self) -> str:
        rows = self._rows()
        wide = max((len(row[2]) for row in rows), default=0)
        lines = [f"{mark} {check:{wide}}  {points:>12}  {hidden}".rstrip() for _, mark, check, points, hidden in rows]
        return "\n".join([*lines, self._total(), *self._due(), *(f"! {line}" for line in self.left)])

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{name}</th>' for name in ("", "check", "points", "hidden tests"))
        rows = "".join(
            f'<tr class="{kind}"><td aria-hidden="true">{mark}</td>'
            + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
            + "</tr>"
            for kind, mark, *cells in self._rows()
        )
        left = items_of([(WRONG, "!", line) for line in self.left])
        told = "".join(f"<p>{html.escape(line)}</p>" for line in (self._total(), *self._due()))
        return block(f"<table><tr>{head}</tr>{rows}</table>{told}{left}")


@dataclass(frozen=True)
class Hint:
    """A hint, and whether there is another."""

    text: str
    following: str = ""

    def __repr__(self) -> str:
        return "\n".join(part for part in (self.text, self.following) if part)

    def _repr_html_(self) -> str:
        following = f'<p class="{ASIDE}">{with_code(self.following)}</p>' if self.following else ""
        return block(f"<p>{with_code(self.text)}</p>{following}")


def block(content: str) -> str:
    return f'{STYLE}<div class="cnnkit-check">{content}</div>'


def _layers(rows: Sequence[LayerRow]) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in ("", "weights", "yours", "asked for"))
    lines = [
        f'<tr class="{OKAY if row.yours == row.wanted else WRONG}"><td>{row.mark}</td><td>{row.number}</td>'
        f"<td>{html.escape(row.yours) or '–'}</td><td>{html.escape(row.wanted) or '–'}</td></tr>"
        for row in rows
    ]
    return f"<table><tr>{head}</tr>{''.join(lines)}</table>"


def items_of(lines: Iterable[Line]) -> str:
    items = [
        f'<li class="{kind}"><span aria-hidden="true">{mark}</span> {with_code(text)}</li>'
        for kind, mark, text in lines
    ]
    return f"<ul>{''.join(items)}</ul>" if items else ""


def with_code(text: str) -> str:
    """As HTML, with what stands in backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
