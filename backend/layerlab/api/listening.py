"""The listening socket and the protocols on it, set up against viewers and clients that stall."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from layerlab.errors import LayerlabError

PORT_TRIES = 50

#: Kernel buffer of each connection (Linux doubles it), and the time sent data may stay unacknowledged.
_SEND_BUFFER = 64 * 1024
_USER_TIMEOUT_MILLISECONDS = 20_000
#: A client has so long to send its headers.
_HEADER_SECONDS = 20.0


class NoFreePort(LayerlabError):
    """The port and those after it are taken, or the address is not ours to listen on."""

    code = "no_free_port"


def listen(host: str, port: int) -> socket.socket:
    """A listening socket at ``port`` or, where that is taken, at one of the next; 0 takes any free one.

    Raises:
        NoFreePort: Nothing could be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    last: OSError | None = None
    for tried in range(port, min(port + (PORT_TRIES if port else 1), 65536)):
        # With the protocol named, event loops switch Nagle's delay off for each connection; else answers wait 40 ms.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
            if hasattr(socket, "TCP_USER_TIMEOUT"):
                listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _USER_TIMEOUT_MILLISECONDS)
            listening.bind((host, tried))
            listening.listen(2048)
        except OSError as error:
            listening.close()
            last = error
        else:
            listening.setblocking(False)
            return listening
    assert last is not None
    raise NoFreePort(
        f"Cannot listen on {host}, port {port}: {last.strerror}.", hint="Choose another with --host and --port."
    )


class StreamProtocol(WebSocketsSansIOProtocol):
    """A websocket that is a ``connection.Line``: frames that are made already go out as they are, it can be cut off,
    and it holds little for a viewer who does not read.
    """

    on_ready: Callable[[], None] = staticmethod(lambda: None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Give the application ``state.line``."""
        cast(asyncio.Transport, transport).set_write_buffer_limits(high=_SEND_BUFFER)
        self.app_state = {**self.app_state, "line": self}
        super().connection_made(transport)

    def resume_writing(self) -> None:
        """The viewer has taken most of what waited."""
        super().resume_writing()
        self.on_ready()

    @property
    def is_ready(self) -> bool:
        """False while what was written still waits for the viewer."""
        return self.writable.is_set()

    def send_frames(self, data: bytes) -> None:
        """Write whole frames; nothing once the connection is closing."""
        if not (self.close_sent or self.transport.is_closing()):
            self.transport.write(data)

    def cut_off(self) -> None:
        """End the connection without waiting for the viewer."""
        self.transport.abort()

    def keepalive_timeout(self) -> None:
        """No pong came: a gentle close would wait for the same silent viewer."""
        super().keepalive_timeout()
        self.transport.abort()


class RequestProtocol(HttpToolsProtocol):
    """HTTP that gives a client a limited time for its headers."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Start the time."""
        super().connection_made(transport)
        self._deadline = self.loop.call_later(_HEADER_SECONDS, transport.abort)

    def on_message_begin(self) -> None:
        """A further request on the same connection starts the time again."""
        super().on_message_begin()
        if self._deadline is None:
            self._deadline = self.loop.call_later(_HEADER_SECONDS, self.transport.abort)

    def on_headers_complete(self) -> None:
        """The headers are there."""
        self._end_deadline()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._end_deadline()
        super().connection_lost(exc)

    def _end_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def close_quietly(listening: socket.socket) -> None:
    """Close a socket that may be closed already."""
    with contextlib.suppress(OSError):
        listening.close()
