"""Where prepared data, trained networks and released assignments lie."""

import os
from pathlib import Path


def data_home() -> Path:
    """The TFDS data_dir: $CNNKIT_DATA, else data/tfds of the checkout, else ~/.cache/cnnkit."""
    if folder := os.environ.get("CNNKIT_DATA"):
        return Path(folder).expanduser()
    checkout = Path(__file__).resolve().parents[3]
    if (checkout / "pyproject.toml").is_file() and (checkout / "lib" / "cnnkit").is_dir():
        return checkout / "data" / "tfds"
    return Path.home() / ".cache" / "cnnkit"


def networks_home() -> Path:
    """Where the trained networks lie: in an installed kit, or data/networks of the checkout."""
    return _home("networks", "data/networks")


def released_home() -> Path:
    """Where the released assignments lie: in an installed kit, or assignments/ of the checkout."""
    return _home("assignments", "assignments")


def _home(installed: str, in_checkout: str) -> Path:
    here = Path(__file__).resolve()
    return path if (path := here.parents[1] / installed).is_dir() else here.parents[3] / in_checkout
