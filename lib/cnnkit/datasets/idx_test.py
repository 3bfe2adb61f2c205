import gzip
import hashlib
import struct

import numpy as np
import pytest

from cnnkit.datasets import DataError, read_idx

TYPES = {0x08: "u1", 0x09: "i1", 0x0B: "i2", 0x0C: "i4", 0x0D: "f4", 0x0E: "f8"}


def idx_bytes(array, code=0x08):
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, code, array.ndim, *array.shape)
    return header + array.astype(">" + TYPES[code]).tobytes()


@pytest.mark.parametrize("code", TYPES)
@pytest.mark.parametrize("shape", [(4,), (2, 3), (2, 3, 4), (0, 5)])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_arrays_come_back(tmp_path, code, shape, pack):
    array = np.random.default_rng(0).integers(0, 100, shape).astype(TYPES[code])
    path = tmp_path / "array"
    path.write_bytes(pack(idx_bytes(array, code)))
    found = read_idx(path)
    np.testing.assert_array_equal(found, array)
    assert found.dtype == array.dtype and found.shape == shape and found.flags.writeable


IMAGES = idx_bytes(np.arange(24, dtype="u1").reshape(2, 3, 4))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (IMAGES[:-1], r"expected 24 bytes for shape \(2, 3, 4\), found 23"),
        (IMAGES + b"x", "expected 24 bytes .*, found 25"),
        (IMAGES[:10], "expected a header of 16 bytes, found 10"),
        (b"", "expected an IDX file, found one that begins with nothing"),
        (b"\x89PNG....", "expected an IDX file, found one that begins with 89 50 4e 47"),
        (b"\0\0\x07\x01" + IMAGES[4:], "expected an IDX file"),
        (gzip.compress(IMAGES)[:-9], "expected a whole gzip file"),
        (gzip.compress(IMAGES)[:20] + b"\xff" * 30, "expected a whole gzip file"),
        (struct.pack(">BBBBII", 0, 0, 8, 2, 2**32 - 1, 2**32 - 1), "found 0"),
    ],
)
def test_a_damaged_file_is_named_in_one_line(tmp_path, content, message):
    path = tmp_path / "damaged"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        read_idx(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match="nothing.gz: expected a file, found: No such file"):
        read_idx(tmp_path / "nothing.gz")


def test_the_checksum_is_that_of_the_file_on_disk(tmp_path):
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(IMAGES))
    right = hashlib.sha256(path.read_bytes()).hexdigest()
    assert read_idx(path, sha256=right).shape == (2, 3, 4)
    with pytest.raises(DataError, match="expected sha256 000000000000..., found"):
        read_idx(path, sha256="0" * 64)
