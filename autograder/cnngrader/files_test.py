import os
import stat

import pytest

from cnngrader.files import write_whole


def test_it_is_written_and_written_over(tmp_path):
    path = tmp_path / "secret"
    for text in ("first", "zweites ü"):
        write_whole(path, text)
        assert path.read_text(encoding="utf-8") == text
    assert list(tmp_path.iterdir()) == [path]


def test_its_rights_are_those_asked_for_from_the_start(tmp_path):
    write_whole(tmp_path / "secret", "text", mode=0o600)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_where_it_fails_what_was_there_stays(tmp_path, monkeypatch, call):
    path = tmp_path / "secret"
    write_whole(path, "first")
    monkeypatch.setattr(os, call, lambda *arguments: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        write_whole(path, "second")
    assert path.read_text() == "first"
