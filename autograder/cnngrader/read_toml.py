"""An author's settings."""

import tomllib
from pathlib import Path
from typing import Any

from cnngrader.errors import AuthorError


def read_toml(path: Path) -> dict[str, Any]:
    """Raises AuthorError, naming the file, for what is no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AuthorError(f"{path}: not valid TOML: {error}") from None
