"""A small web server that publishes files, well or badly."""

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from layerlab.originals.sets import MNIST, OriginalFile, OriginalSet

from tests.originals import write_idx_set


@dataclass
class Published:
    """What is published and how.

    Attributes:
        files: By name.
        breaks_after: Bytes after which an answer ends too early.
        stalls_after: Bytes after which nothing more comes until ``goes_on`` is set.
        takes_ranges: Whether an answer can begin in the middle.
        asked: The ``Range`` of each request, in order.
        elsewhere: Where every request is sent on to.
    """

    files: dict[str, bytes]
    breaks_after: int | None = None
    stalls_after: int | None = None
    takes_ranges: bool = True
    elsewhere: str | None = None
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    goes_on: threading.Event = field(default_factory=threading.Event)
    address: str = ""

    def original(self) -> OriginalSet:
        """MNIST, with the sizes and checksums of these files."""
        files = tuple(
            OriginalFile(name=name, size=len(data), checksum=f"md5:{hashlib.md5(data).hexdigest()}")
            for name, data in self.files.items()
        )
        return OriginalSet(**{**vars(MNIST), "files": files, "address": self.address})


def small_mnist(folder: Path) -> dict[str, bytes]:
    """The four files of the small set, in the order in which MNIST names them."""
    write_idx_set(folder)
    return {file.name: (folder / file.name).read_bytes() for file in MNIST.files}


class _Handler(BaseHTTPRequestHandler):
    published: Published

    def do_GET(self) -> None:
        published, name = self.published, self.path.rsplit("/", 1)[-1]
        wanted = self.headers.get("Range")
        published.asked.append((name, wanted))
        if published.elsewhere is not None:
            self.send_response(302)
            self.send_header("Location", f"{published.elsewhere}/{name}")
            self.end_headers()
            return
        if name not in published.files:
            self.send_error(404)
            return
        data, first = published.files[name], 0
        if wanted and published.takes_ranges:
            first = int(wanted.removeprefix("bytes=").rstrip("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(data) - first))
        self.end_headers()
        self._send(data[first:])

    def _send(self, data: bytes) -> None:
        published = self.published
        stop = published.breaks_after if published.breaks_after is not None else published.stalls_after
        self.wfile.write(data[:stop])
        if stop is None:
            return
        self.wfile.flush()
        if published.breaks_after is None and len(data) > stop:
            published.goes_on.wait(20)
            self.wfile.write(data[stop:])
        self.close_connection = True

    def handle(self) -> None:
        with suppress(ConnectionError):  # the other side gave it up
            super().handle()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def publishing(published: Published) -> Iterator[Published]:
    """Serve on a free port of this machine until the block is left."""
    handler = type("Handler", (_Handler,), {"published": published})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    published.address = f"http://127.0.0.1:{server.server_port}/mnist"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield published
    finally:
        published.goes_on.set()
        server.shutdown()
        server.server_close()
        thread.join()


def wait_until(fits: Any, seconds: float = 20.0) -> Any:
    """What ``fits`` gives, once it is true."""
    until = time.monotonic() + seconds
    while not (found := fits()):
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.01)
    return found
