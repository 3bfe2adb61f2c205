"""Somebody on the same machine who listens for what a kernel tells."""

import os
import socket
import tempfile
from contextlib import suppress
from pathlib import Path


class Accomplice:
    """Listens by TCP, UDP, Unix streams and datagrams; a context manager. `heard` tells what reached it."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="accomplice")
        os.chmod(self._folder.name, 0o755)
        self.service, self.datagrams = (str(Path(self._folder.name, name)) for name in ("service", "datagrams"))
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self._tcp.getsockname()[1]
        self._udp = self._bound(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", self.port))
        self._stream = self._bound(socket.AF_UNIX, socket.SOCK_STREAM, self.service)
        self._datagram = self._bound(socket.AF_UNIX, socket.SOCK_DGRAM, self.datagrams)
        self._abstract = self._bound(socket.AF_UNIX, socket.SOCK_STREAM, f"\0redteam{self.port}")
        for listening in (self._stream, self._abstract):
            listening.listen()
        for path in (self.service, self.datagrams):
            os.chmod(path, 0o777)

    @staticmethod
    def _bound(family: int, kind: int, address: object) -> socket.socket:
        bound = socket.socket(family, kind)
        bound.bind(address)
        return bound

    def heard(self) -> list[str]:
        """By which ways something has come since it was asked last."""
        ways = []
        for way, listening in (("TCP", self._tcp), ("Unix stream", self._stream), ("abstract name", self._abstract)):
            listening.setblocking(False)
            with suppress(BlockingIOError):
                listening.accept()[0].close()
                ways.append(way)
        for way, listening in (("UDP", self._udp), ("Unix datagram", self._datagram)):
            listening.setblocking(False)
            with suppress(BlockingIOError):
                listening.recv(4096)
                ways.append(way)
        return ways

    def __enter__(self) -> "Accomplice":
        return self

    def __exit__(self, *_: object) -> None:
        for held in (self._tcp, self._udp, self._stream, self._datagram, self._abstract):
            held.close()
        self._folder.cleanup()
