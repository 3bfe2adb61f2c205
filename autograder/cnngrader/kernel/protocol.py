"""What the grader and a kernel's keeper say to each other, over one connection.

    grader  Request, with the kernel's end of the channel       then, each as often as it likes, one byte: a Command
    keeper  Confined, or Unconfined and no more                 Used for each Command.USED, and Ending at the end

Each is a line of JSON. A connection that is hung up means Command.KILL.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import Enum, StrEnum
from typing import Any

from cnngrader.kernel.clock import Time
from cnngrader.sandbox.limits import Limits


@dataclass(frozen=True)
class Request:
    """A kernel that is wanted. scratch: its folder. work: in it, where it starts. readable: paths that it may read.
    connection_file: Jupyter's."""

    scratch: str
    work: str
    readable: list[str]
    confined: bool
    limits: Limits
    connection_file: str


@dataclass(frozen=True)
class Confined:
    """It is there. layers: of its confinement. channel: its descriptor for questions. slower: how many times slower
    than the reference machine this one is."""

    layers: list[str]
    channel: int
    slower: float


@dataclass(frozen=True)
class Unconfined:
    """It is not."""

    error: str


class Command(Enum):
    INTERRUPT = b"i"
    USED = b"u"
    KILL = b"k"


class Why(StrEnum):
    """How it came to its end: of itself, since it was asked for, or past a limit. LOST: nobody could tell."""

    ENDED = "ended"
    KILLED = "killed"
    MEMORY = "memory"
    PROCESSES = "processes"
    DISK = "disk"
    LOST = "lost"


@dataclass(frozen=True)
class Used:
    """By the kernel's processes so far. megabytes: of memory at the most, but what they share with the warm parent."""

    time: Time = field(default_factory=Time)
    megabytes: float = 0.0


@dataclass(frozen=True)
class Ending:
    """exit: the kernel's status, below 0 for a signal. left: ids of processes that could not be ended with it."""

    why: Why
    exit: int | None
    left: list[int]


Message = Request | Confined | Unconfined | Used | Ending
LOST = Ending(Why.LOST, None, [])


def write(message: Message) -> bytes:
    return (json.dumps({type(message).__name__: asdict(message)}) + "\n").encode()


def read(line: bytes) -> Message:
    ((kind, said),) = json.loads(line).items()
    return _READ[kind](said)


def _request(said: dict[str, Any]) -> Request:
    return Request(**{**said, "limits": Limits(**said["limits"])})


def _ending(said: dict[str, Any]) -> Ending:
    return Ending(**{**said, "why": Why(said["why"])})


_READ: dict[str, Callable[[dict[str, Any]], Message]] = {
    "Request": _request,
    "Confined": lambda said: Confined(**said),
    "Unconfined": lambda said: Unconfined(**said),
    "Used": lambda said: Used(Time(**said["time"]), said["megabytes"]),
    "Ending": _ending,
}
