"""What one submission may take."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Limits:
    """Bounds of one submission.

    cell_seconds: of a cell. total_seconds: of all cells. memory_mb: of its processes, above what
    the warm parent had. processes: at one time. file_mb: of one file, disk_mb: of all.
    output_mb: of one cell's printed output, outputs_mb: of that of all. threads: for computing.
    """

    cell_seconds: float = 120.0
    total_seconds: float = 600.0
    memory_mb: int = 4096
    processes: int = 64
    file_mb: int = 256
    disk_mb: int = 1024
    output_mb: float = 1.0
    outputs_mb: float = 20.0
    threads: int = 1

    def asdict(self) -> dict[str, Any]:
        return asdict(self)
