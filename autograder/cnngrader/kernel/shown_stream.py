"""A kernel's standard streams, where what is written below Python and in child processes is shown, too."""

import codecs
import os
import threading
from contextlib import suppress
from typing import Any, ClassVar

from ipykernel.iostream import OutStream

_READ = 65536
_MARK = b"\0\x1b cnnkit: up to here \x1b\0"
_SECONDS = 1.0  # in which the mark comes back, unless somebody has put another file there


class ShownStream(OutStream):
    """ipykernel's, which replaces a standard descriptor by a pipe that a thread reads. A forked child writes
    to the pipe, where ipykernel would need a network; and a cell does not end before the thread has read
    all that was written in it."""

    flush_interval = 0.02  # s; printing without end must not gather into one huge message
    _all: ClassVar[list["ShownStream"]] = []

    def __init__(self, *arguments: Any, **options: Any):
        self._read = threading.Event()
        super().__init__(*arguments, **options)
        self._all.append(self)

    @classmethod
    def show_all(cls) -> None:
        """Until all that has been written so far is on its way."""
        for stream in cls._all:
            stream._read.clear()
            with suppress(OSError):
                os.write(stream._pipe, _MARK)
                stream._read.wait(_SECONDS)
            stream.flush()

    def write(self, string: str) -> int | None:
        if self._is_master_process():
            super().write(string)
            return len(string)
        data = string.encode("utf-8", "backslashreplace")
        while data:
            data = data[os.write(self._pipe, data) :]
        return len(string)

    def flush(self) -> None:
        if self._is_master_process():
            super().flush()

    def _setup_stream_redirects(self, name: str) -> None:
        super()._setup_stream_redirects(name)
        self._pipe = os.dup(self._original_stdstream_fd)  # a notebook may put another file in that one's place

    def _watch_pipe_fd(self) -> None:
        """Called by ipykernel in a thread of its own."""
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        held = b""
        while self._should_watch and (data := os.read(self._fid, _READ)):
            *whole, held = (held + data).split(_MARK)
            for part in whole:
                self.write(decode(part))
                self._read.set()
            begun = next((length for length in range(len(_MARK) - 1, 0, -1) if held.endswith(_MARK[:length])), 0)
            end = len(held) - begun
            self.write(decode(held[:end]))
            held = held[end:]
