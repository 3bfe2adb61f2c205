"""The one exception of this package, and how another library's fits into its line."""


class DataError(ValueError):
    """Data is missing, damaged or of the wrong kind; one line says what, and the remedy."""


def first_line(error: Exception) -> str:
    """What an exception says, without its further lines."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
