"""The IDX format of the original MNIST files."""

import gzip
import hashlib
import math
import zlib
from pathlib import Path

import numpy as np

from cnnkit.datasets.errors import DataError

_DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_GZIP = b"\x1f\x8b"


def read_idx(path: str | Path, *, sha256: str | None = None) -> np.ndarray:
    """The array in an IDX file, compressed by gzip or not, in the machine's byte order.

    Args:
        path: the file.
        sha256: of the file as it lies on disk; checked where given.

    Raises:
        DataError: where the file is missing, damaged, cut short or no IDX file.

    References:
        Yann LeCun's description: two zero bytes, a type, the rank, the sizes, the data, big-endian.
    """
    path = Path(path)
    raw = read_checked(path, sha256)
    if raw.startswith(_GZIP):
        try:
            raw = gzip.decompress(raw)
        except (EOFError, OSError, zlib.error) as error:
            raise DataError(f"{path}: expected a whole gzip file, found: {error}; fetch it again") from None
    if len(raw) < 4 or raw[:2] != b"\0\0" or raw[2] not in _DTYPES:
        raise DataError(f"{path}: expected an IDX file, found one that begins with {raw[:4].hex(' ') or 'nothing'}")
    dtype, rank = np.dtype(_DTYPES[raw[2]]), raw[3]
    start = 4 + 4 * rank
    if len(raw) < start:
        raise DataError(f"{path}: expected a header of {start} bytes, found {len(raw)}; fetch it again")
    shape = tuple(int(n) for n in np.frombuffer(raw, ">u4", rank, offset=4))
    size = math.prod(shape) * dtype.itemsize
    if len(raw) - start != size:
        raise DataError(f"{path}: expected {size} bytes for shape {shape}, found {len(raw) - start}; fetch it again")
    return np.frombuffer(raw, dtype, offset=start).reshape(shape).astype(dtype.newbyteorder("="))


def read_checked(path: Path, sha256: str | None) -> bytes:
    """The file's bytes. Raises DataError where there is none or its sha256 is another one."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: expected a file, found: {error.strerror}") from None
    found = hashlib.sha256(raw).hexdigest()
    if sha256 is not None and found != sha256:
        raise DataError(
            f"{path}: expected sha256 {sha256[:12]}..., found {found[:12]}... ({len(raw)} bytes); fetch it again"
        )
    return raw
