"""How messages travel between the server and its child processes; ``messages.py`` tells what they are.

A message is a message pack map behind four bytes that tell its length (big-endian). Both ends import this module; it
must never import torch.
"""

import asyncio
import select
import socket
import struct
import threading
from collections.abc import Mapping
from typing import Any, Protocol

import ormsgpack

from layerlab.runs.messages import Report

#: A longer message is a mistake: the largest frame is a few hundred kilobytes.
LARGEST_MESSAGE = 256 * 1024 * 1024

_LENGTH = struct.Struct(">I")
_MOST_AT_ONCE = 1 << 20

Message = dict[str, Any]


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

    def send(self, *messages: Report | Mapping[str, Any]) -> None:
        """Send messages, at once."""
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

    def send(self, *messages: Report | Mapping[str, Any]) -> None:
        """Send messages; waits while the server does not read.

        Several go in one piece: each piece wakes the server, which on a busy machine costs the sender its turn.

        Raises:
            ConnectionError: The server is gone.
        """
        data = b"".join(pack(message) for message in messages)
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
