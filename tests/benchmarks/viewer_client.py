"""Many viewers of one run in one process, as lean as they can be: started by ``tests.benchmarks.viewers``.

Each is a bare websocket: it takes the handshake, says what it wants, answers pings, and of each message reads the
number and the time at which the server wrote it. A frozen one reads nothing once it has said what it wants.
"""

import argparse
import asyncio
import base64
import json
import os
import re
import statistics
import sys
from datetime import datetime
from time import time

import ormsgpack
import uvloop

_TIME = re.compile(rb'"time":"([^"]+)"')
_SEQ = re.compile(rb'"seq":(\d+)')
_STAMP = b"\xa4time"
_TEXT, _BINARY, _PING = 1, 2, 9


class Viewer(asyncio.Protocol):
    """One connection."""

    def __init__(self, path: str, headers: str, wish: bytes, *, is_frozen: bool) -> None:
        self.request = f"GET {path} HTTP/1.1\r\n{headers}\r\n".encode()
        self.wish, self.is_frozen = wish, is_frozen
        self.rest = bytearray()
        self.is_open = False
        self.numbers: list[int] = []
        self.snapshot: int | None = None
        self.delays: list[float] = []
        self.text_delays: list[float] = []
        self.bytes_of_frames = 0
        self.lost_at: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.transport.write(self.request)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost_at = time()

    def data_received(self, data: bytes) -> None:
        self.rest += data
        if not self.is_open:
            end = self.rest.find(b"\r\n\r\n")
            if end < 0:
                return
            if not self.rest.startswith(b"HTTP/1.1 101"):
                sys.exit(f"refused: {bytes(self.rest[:200])!r}")
            del self.rest[: end + 4]
            self.is_open = True
            self.transport.write(masked(_TEXT, self.wish))
            if self.is_frozen:
                self.transport.pause_reading()
                return
        start = 0
        while (place := header(self.rest, start)) is not None:
            kind, begin, end = place
            if end > len(self.rest):
                break
            self.take(kind, begin, end)
            start = end
        del self.rest[:start]

    def take(self, kind: int, begin: int, end: int) -> None:
        """One message, between two places of what has come."""
        now = time()
        if kind == _BINARY:
            place = self.rest.find(_STAMP, begin, begin + 400) + len(_STAMP)
            written = ormsgpack.unpackb(bytes(self.rest[place : place + 34]).split(b"\xa4body")[0])
            self.delays.append(now - datetime.fromisoformat(written).timestamp())
            self.bytes_of_frames += end - begin
        elif kind == _TEXT:
            text = bytes(self.rest[begin : min(end, begin + 400)])
            if (found := _SEQ.search(text)) is None:
                return
            if b'"type":"snapshot"' in text:
                self.snapshot = int(found[1])
                return
            self.numbers.append(int(found[1]))
            if stamp := _TIME.search(text):
                self.text_delays.append(now - datetime.fromisoformat(stamp[1].decode()).timestamp())
        elif kind == _PING:
            self.transport.write(masked(10, bytes(self.rest[begin:end])))

    @property
    def num_missing(self) -> int:
        """Numbers that did not come between the first and the last that did."""
        known = [*([self.snapshot] if self.snapshot is not None else []), *self.numbers]
        return known[-1] - known[0] + 1 - len(known) if known else 0


def masked(kind: int, body: bytes) -> bytes:
    """A message of a client with the mask 0, which leaves it as it is."""
    length = len(body)
    size = bytes([0x80 | length]) if length < 126 else bytes([0x80 | 126]) + length.to_bytes(2, "big")
    return bytes([0x80 | kind]) + size + b"\0\0\0\0" + body


def header(data: bytearray, start: int) -> tuple[int, int, int] | None:
    """Kind, begin and end of the message at a place; None where its head is not there yet."""
    if len(data) < start + 2:
        return None
    length, begin = data[start + 1] & 0x7F, start + 2
    wide = {126: 2, 127: 8}.get(length, 0)
    if wide:
        if len(data) < begin + wide:
            return None
        length, begin = int.from_bytes(data[begin : begin + wide], "big"), begin + wide
    return data[start] & 0x0F, begin, begin + length


async def watch(given: argparse.Namespace) -> list[Viewer]:
    """All viewers, until somebody says on standard input that it is over."""
    loop = asyncio.get_running_loop()
    key = base64.b64encode(os.urandom(16)).decode()
    headers = (
        f"Host: 127.0.0.1:{given.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {key}\r\nAuthorization: Bearer {given.token}\r\n"
    )
    wish = {"type": "subscribe", "run": given.run, "probes": given.probes.split(","), "sample": 0, "from_seq": None}
    viewers: list[Viewer] = []
    for place in range(given.viewers):
        viewer = Viewer("/api/stream", headers, json.dumps(wish).encode(), is_frozen=place < given.frozen)
        await loop.create_connection(lambda viewer=viewer: viewer, "127.0.0.1", given.port)  # type: ignore[misc]
        viewers.append(viewer)
        if place % 20 == 19:
            await asyncio.sleep(0.02)
    while not all(viewer.is_frozen or viewer.snapshot is not None for viewer in viewers):
        await asyncio.sleep(0.05)
    for viewer in viewers:
        viewer.delays.clear()
        viewer.text_delays.clear()
        viewer.bytes_of_frames = 0
    print("ready", flush=True)
    began = time()
    await asyncio.to_thread(sys.stdin.readline)
    given.seconds = time() - began
    return viewers


def told(viewers: list[Viewer], seconds: float) -> dict[str, object]:
    """What they saw, in numbers."""
    healthy = [viewer for viewer in viewers if not viewer.is_frozen]
    delays = sorted(delay for viewer in healthy for delay in viewer.delays)
    texts = sorted(delay for viewer in healthy for delay in viewer.text_delays)
    frozen = [viewer for viewer in viewers if viewer.is_frozen]
    frames = [len(viewer.delays) for viewer in healthy]
    return {
        "healthy": len(healthy),
        "lost": sum(viewer.lost_at is not None for viewer in healthy),
        "texts": len(texts),
        "missing": sum(viewer.num_missing for viewer in healthy),
        "frames": frames,
        "frame_bytes": statistics.mean(viewer.bytes_of_frames / max(1, len(viewer.delays)) for viewer in healthy),
        "seconds": seconds,
        "delays": delays[:: max(1, len(delays) // 20_000)],
        "text_delays": texts[:: max(1, len(texts) // 20_000)],
        "frozen": len(frozen),
    }


def main() -> None:
    """Prints ``ready``, then, when a line has come, what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--run", required=True)
    parser.add_argument("--probes", required=True)
    parser.add_argument("--viewers", type=int, required=True)
    parser.add_argument("--frozen", type=int, required=True)
    given = parser.parse_args()
    viewers = uvloop.run(watch(given))
    print(json.dumps(told(viewers, given.seconds)), flush=True)


if __name__ == "__main__":
    main()
