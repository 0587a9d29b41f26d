"""A server in a thread of this process, on a free port, with stand-in or real workers; and a plain way to call it."""

import asyncio
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from layerlab.api.serving import Listening, serve
from layerlab.runs.children import Executor
from layerlab.settings import Settings
from websockets.sync.client import ClientConnection, connect


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Served:
    listening: Listening
    data_dir: Path
    executor: Executor

    @property
    def token(self) -> str:
        return (self.data_dir / "token").read_text().strip()

    @property
    def authority(self) -> str:
        return f"127.0.0.1:{self.listening.port}"

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """A request with just these headers (and ``Host``, where none is given)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.listening.port, timeout=60)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            sent = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, sent, response.read())
        finally:
            connection.close()

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """A request of a script: JSON, with the token."""
        sent = {"Authorization": f"Bearer {self.token}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        if body is None:
            return self.send(method, path, None, sent)
        return self.send(method, path, json.dumps(body).encode(), {**sent, "Content-Type": "application/json"})

    def create(self, spec: Mapping[str, Any], query: str = "") -> str:
        answer = self.call("POST", f"/api/runs{query}", spec)
        assert answer.status == 201, answer.body
        return str(answer.json["id"])

    def view(self, run: str) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", f"/api/runs/{run}").json
        return found

    def wait_for(self, run: str, fits: Callable[[dict[str, Any]], bool], seconds: float = 60.0) -> dict[str, Any]:
        until = time.monotonic() + seconds
        while not fits(view := self.view(run)):
            assert time.monotonic() < until, f"{view['status']} at step {view['step']}: {view['reason']}"
            time.sleep(0.02)
        return view

    def wait_status(self, run: str, *statuses: str, seconds: float = 60.0) -> dict[str, Any]:
        return self.wait_for(run, lambda view: view["status"] in statuses, seconds)

    def curve(self, run: str, name: str = "train/loss") -> list[tuple[int, float]]:
        series = self.call("GET", f"/api/runs/{run}/scalars?names={name}").json["scalars"].get(name)
        return list(zip(series["steps"], series["values"], strict=True)) if series else []

    def stream(self, **more: Any) -> ClientConnection:
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"ws://{self.authority}/api/stream"
        return connect(
            url, additional_headers=headers, compression=None, proxy=None, max_size=None, max_queue=None, **more
        )


def text(socket: ClientConnection, seconds: float = 20.0) -> dict[str, Any]:
    """The next text message."""
    while True:
        message = socket.recv(timeout=seconds)
        if isinstance(message, str):
            found: dict[str, Any] = json.loads(message)
            return found


def subscribe(socket: ClientConnection, run: str, **fields: Any) -> None:
    socket.send(json.dumps({"type": "subscribe", "run": run, **fields}))


@contextmanager
def serving(settings: Settings, make_executor: Callable[[], Executor]) -> Iterator[Served]:
    """Serve in a thread until the block is left, then end as SIGTERM would."""
    ready = threading.Event()
    made: list[Any] = []

    async def run() -> None:
        executor, until = make_executor(), asyncio.Event()
        made.extend([asyncio.get_running_loop(), until, executor])

        def on_ready(listening: Listening) -> None:
            made.append(listening)
            ready.set()

        await serve(settings, on_ready=on_ready, executor=executor, until=until)

    failed: list[BaseException] = []

    def guarded() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:
            failed.append(error)
            ready.set()

    thread = threading.Thread(target=guarded)
    thread.start()
    ready.wait(60)
    if failed:
        raise failed[0]
    loop, until, executor, listening = made
    try:
        yield Served(listening, settings.data_dir, executor)
    finally:
        loop.call_soon_threadsafe(until.set)
        thread.join(30)
        assert not thread.is_alive(), "the server did not end"
    if failed:
        raise failed[0]
