"""What somebody probably meant by a name that is not known."""

from collections.abc import Callable, Collection
from difflib import get_close_matches


def did_you_mean(name: str, known: Collection[str], otherwise: str = "", *, shown: Callable[[str], str] = str) -> str:
    """The end of a sentence: the name nearest to it, as `shown`, or `otherwise` where none is near."""
    near = get_close_matches(name, known, n=1)
    return f". Did you mean {shown(near[0])}?" if near else otherwise
