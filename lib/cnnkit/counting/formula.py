"""Numbers that know how they came about."""

from dataclasses import dataclass
from math import prod


@dataclass(frozen=True)
class Formula:
    """A sum of products of whole numbers, with its value and its text from the same numbers.

    Args:
        terms: the products, each a tuple of groups, each a tuple of factors.

    Example:

    >>> print(product((64, 56, 56), (3, 11, 11)))
    64·56·56 · 3·11·11 = 72,855,552
    >>> print(product((64, 3, 11, 11)) + product((64,)))
    64·3·11·11 + 64 = 23,296
    """

    terms: tuple[tuple[tuple[int, ...], ...], ...] = ()

    @property
    def value(self) -> int:
        return sum(prod(factor for group in term for factor in group) for term in self.terms)

    @property
    def text(self) -> str:
        """The sum alone, "0" where it has no terms."""
        return " + ".join(_term(term) for term in self.terms) or "0"

    def __add__(self, other: "Formula") -> "Formula":
        return Formula(self.terms + other.terms)

    def __rmul__(self, times: int) -> "Formula":
        return Formula(tuple(((times,), *term) for term in self.terms)) if times != 1 else self

    def __str__(self) -> str:
        value = f"{self.value:,}"
        return value if self.text.replace(",", "") == str(self.value) else f"{self.text} = {value}"


def product(*groups: tuple[int, ...]) -> Formula:
    """The formula of one product, its factors in groups; ones in a group of several are left out."""
    return Formula((tuple(_short(group) for group in groups),))


def _short(group: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(factor for factor in group if factor != 1) or (1,)


def _term(term: tuple[tuple[int, ...], ...]) -> str:
    groups = [group for group in term if group != (1,)] or [(1,)]
    return " · ".join("·".join(map(str, group)) for group in groups)
