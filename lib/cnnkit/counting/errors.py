"""The one exception of this package."""


class CountingError(ValueError):
    """A network that cannot be counted; the message names the layer, what it received and the remedy."""
