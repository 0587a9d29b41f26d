"""What the server and its child processes say to each other: the messages, and how they travel.

A message is a message pack map behind four bytes that tell its length (big-endian). Both ends import this module; it
must never import torch. ``NaN`` and infinity travel as they are.

Server → child: every command but ``watch`` carries an ``id`` and gets one ``reply`` with that id, when it is done.
Child → server: ``ended`` is the last message of a worker.
"""

import asyncio
import select
import socket
import struct
import threading
from collections.abc import Mapping
from typing import Any, Literal, NotRequired, Protocol, TypedDict

import ormsgpack

#: A longer message is a mistake: the largest frame is a few hundred kilobytes.
LARGEST_MESSAGE = 256 * 1024 * 1024

_LENGTH = struct.Struct(">I")
_MOST_AT_ONCE = 1 << 20

Message = dict[str, Any]


class Start(TypedDict):
    """Build the run and train it. Answered when it is built; a spec that cannot be built is a ``problem``."""

    type: Literal["start"]
    id: int
    run: str
    directory: str
    """Where its checkpoints go; made when missing."""
    spec: Mapping[str, Any]
    """``RunSpec`` as JSON data."""
    resume: bool
    """Go on from the last checkpoint in ``directory``."""
    recorded_step: int | None
    """On resume: the last step whose scalars are stored; nothing is told again up to it. Null: tell everything."""
    paused: NotRequired[bool]
    """Build it, measure it and wait."""


class Pause(TypedDict):
    """Stop after the batch under way. Watched probes are measured before the answer, so that the picture is exact."""

    type: Literal["pause"]
    id: int


class Resume(TypedDict):
    """Go on after a pause."""

    type: Literal["resume"]
    id: int


class TakeSteps(TypedDict):
    """While paused: do so many updates, measure, wait again."""

    type: Literal["step"]
    id: int
    count: int


class Stop(TypedDict):
    """Checkpoint and end."""

    type: Literal["stop"]
    id: int


class Change(TypedDict):
    """Change what may change while it trains, from the next batch on. ``change`` is ``RunChange`` as JSON data."""

    type: Literal["change"]
    id: int
    change: Mapping[str, Any]


class Watch(TypedDict):
    """Which probes are on somebody's screen, and the validation sample that the pictures show. Has no answer."""

    type: Literal["watch"]
    probes: list[str]
    sample: int | None


class Check(TypedDict):
    """To an inspector: check a graph or a whole spec. ``request`` is ``CheckRequest`` or ``RunSpec`` as JSON data."""

    type: Literal["check"]
    id: int
    request: Mapping[str, Any]


class AskCatalog(TypedDict):
    """To an inspector: the catalogue."""

    type: Literal["catalog"]
    id: int


class Preview(TypedDict):
    """To an inspector: a look at a dataset. ``request`` is ``PreviewRequest`` as JSON data."""

    type: Literal["preview"]
    id: int
    request: Mapping[str, Any]


Command = Start | Pause | Resume | TakeSteps | Stop | Change | Watch | Check | AskCatalog | Preview


class ProblemReply(TypedDict):
    """A refusal, in the fields of ``ProblemDetails``."""

    code: str
    title: str
    detail: str
    status: int
    errors: list[dict[str, Any]]
    """``Problem`` as JSON data."""


class Reply(TypedDict):
    """The answer to a command: ``result`` where ``ok``, else ``problem``."""

    type: Literal["reply"]
    id: int
    ok: bool
    result: NotRequired[Any]
    problem: NotRequired[ProblemReply]


class Started(TypedDict):
    """The run is built. Told again when a change of the batch size moves the plan."""

    type: Literal["started"]
    device: str
    num_steps: int
    steps_per_epoch: int


class Points(TypedDict):
    """New points of one curve."""

    steps: list[int]
    values: list[float]


class Scalars(TypedDict):
    """New points up to ``step``. All curves of one step are in one message."""

    type: Literal["scalars"]
    step: int
    scalars: dict[str, Points]


class Event(TypedDict):
    """Something happened; ``event`` is ``RunEvent`` as JSON data."""

    type: Literal["event"]
    event: dict[str, Any]


class Progress(TypedDict):
    """How the run stands, in the fields of ``RunProgress``. ``latest`` may hold NaN and infinity."""

    type: Literal["progress"]
    status: str
    reason: str | None
    step: int
    epoch: float
    latest: dict[str, float]
    rates: dict[str, float]


class FrameMeasured(TypedDict):
    """A frame; ``body`` is message pack of ``layerlab_schemas.frames.Frame`` with its arrays packed."""

    type: Literal["frame"]
    probe: str
    step: int
    body: bytes


class CheckpointSaved(TypedDict):
    """A checkpoint is complete on disk."""

    type: Literal["checkpoint"]
    step: int
    directory: str


class Ended(TypedDict):
    """Nothing comes after this. ``status`` is one of the end states of ``RunState``."""

    type: Literal["ended"]
    status: str
    reason: str
    step: int


Report = Reply | Started | Scalars | Event | Progress | FrameMeasured | CheckpointSaved | Ended


class WireError(Exception):
    """The other end sent something that is no message."""


def pack(message: Mapping[str, Any]) -> bytes:
    """The bytes of a message, length first."""
    body = ormsgpack.packb(message)
    return _LENGTH.pack(len(body)) + body


def _unpack(body: bytes) -> Message:
    try:
        message = ormsgpack.unpackb(body)
    except ValueError as error:
        raise WireError(f"not message pack: {error}") from None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise WireError("a message must be a map with a type")
    return message


def _body_length(prefix: bytes) -> int:
    length: int = _LENGTH.unpack(prefix)[0]
    if length > LARGEST_MESSAGE:
        raise WireError(f"a message of {length} bytes is too long")
    return length


class Unpacker:
    """Cuts a stream of bytes, as it comes, into messages. Does no input or output."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """The messages that ``data`` completes; a part of one is kept for the next call.

        Raises:
            WireError: What came is no message.
        """
        self._rest += data
        messages, start = [], 0
        while (body := start + _LENGTH.size) <= len(self._rest):
            end = body + _body_length(bytes(self._rest[start:body]))
            if end > len(self._rest):
                break
            messages.append(_unpack(bytes(self._rest[body:end])))
            start = end
        del self._rest[:start]
        return messages


async def read_messages(reader: asyncio.StreamReader, unpacker: Unpacker) -> list[Message]:
    """All messages that have come, at least one; empty when the other end is gone, even in mid-message.

    Raises:
        WireError: What came is no message.
    """
    while True:
        try:
            data = await reader.read(_MOST_AT_ONCE)
        except ConnectionError:
            return []
        if not data:
            return []
        if messages := unpacker.feed(data):
            return messages


class Outlet(Protocol):
    """Where a worker says things."""

    def send(self, message: Report | Mapping[str, Any]) -> None:
        """Send a message."""
        ...

    def has_room(self) -> bool:
        """False while what may be dropped should not be sent."""
        ...


class Channel:
    """The child's end of the socket, blocking. One thread may read while others send."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(True)
        self._socket = end
        self._sending = threading.Lock()

    def send(self, message: Report | Mapping[str, Any]) -> None:
        """Send a message; waits while the server does not read.

        Raises:
            ConnectionError: The server is gone.
        """
        data = pack(message)
        with self._sending:
            self._socket.sendall(data)

    def has_room(self) -> bool:
        """False while the server lags behind, when what may be dropped should not be sent."""
        return bool(select.select([], [self._socket], [], 0)[1])

    def finish(self) -> None:
        """Say that nothing more comes."""
        self._socket.shutdown(socket.SHUT_WR)

    def receive(self) -> Message | None:
        """The next message, waited for; None when the server is gone.

        Raises:
            WireError: What came is no message.
        """
        prefix = self._read(_LENGTH.size)
        body = None if prefix is None else self._read(_body_length(prefix))
        return None if body is None else _unpack(body)

    def _read(self, length: int) -> bytes | None:
        parts = bytearray()
        while len(parts) < length:
            try:
                part = self._socket.recv(min(length - len(parts), _MOST_AT_ONCE))
            except ConnectionError:
                return None
            if not part:
                return None
            parts += part
        return bytes(parts)
