"""One server from start to end: socket, store, processes, application, signals."""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import uvicorn

from layerlab import shelf
from layerlab.api.app import make_app
from layerlab.api.credentials import Credentials
from layerlab.api.listening import RequestProtocol, StreamProtocol, listen
from layerlab.runs.children import Executor
from layerlab.runs.executor import LocalExecutor
from layerlab.runs.supervisor import Supervisor
from layerlab.settings import Settings
from layerlab.store.store import Store

_ENDINGS = (signal.SIGINT, signal.SIGTERM)
#: New objects before the collector looks at those, so many looks before it looks at older ones, and at all of them.
_COLLECT_AFTER = (20_000, 10, 20)


@dataclass(frozen=True)
class Listening:
    """A server that answers: where, and how to get in."""

    url: str
    port: int
    credentials: Credentials

    def new_link(self) -> str:
        """A link that logs one browser in, once."""
        return f"{self.url}/login?code={self.credentials.new_code()}"


class _Server(uvicorn.Server):
    """Signals are handled by ``serve``: runs are interrupted first, while viewers still listen."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _address(host: str, port: int) -> str:
    name = "localhost" if host in ("0.0.0.0", "::", "::1") else host
    return f"http://{name}:{port}"


def _executor(settings: Settings) -> LocalExecutor:
    """Makes processes that know where the files are that several runs use."""
    folders = {
        shelf.UPLOADS: str(settings.uploads_folder.absolute()),
        shelf.ORIGINALS: str(settings.originals_folder.absolute()),
        shelf.PACKAGES: str(settings.packages_folder.absolute()),
        shelf.MEGABYTES: str(settings.data_megabytes),
    }
    return LocalExecutor(threads=settings.threads, environment=folders)


async def serve(
    settings: Settings,
    *,
    on_ready: Callable[[Listening], None],
    executor: Executor | None = None,
    until: asyncio.Event | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, or until ``until`` is set; then interrupt the runs and end cleanly.

    Raises:
        DataDirInUse, DataDirUnusable: The data folder cannot be had.
        NoFreePort: Neither can a port.
    """
    store = await Store.open(settings.data_dir)
    listening: socket.socket | None = None
    supervisor = Supervisor(settings, store, executor or _executor(settings))
    try:
        listening = listen(settings.host, settings.port)
        await supervisor.start()
        await _serve(settings, supervisor, listening, on_ready, until or asyncio.Event())
    finally:
        await supervisor.close()
        if listening is not None:
            listening.close()


async def _serve(
    settings: Settings,
    supervisor: Supervisor,
    listening: socket.socket,
    on_ready: Callable[[Listening], None],
    until: asyncio.Event,
) -> None:
    port = listening.getsockname()[1]
    credentials = Credentials(settings.token_file)
    app = make_app(settings, supervisor, credentials, port=port)
    config = uvicorn.Config(
        app,
        http=RequestProtocol,
        ws=StreamProtocol,
        ws_per_message_deflate=False,
        ws_max_size=64 * 1024,
        ws_ping_interval=10.0,
        ws_ping_timeout=10.0,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
        lifespan="off",
    )
    server = _Server(config)
    with _signals(until):
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started and not serving.done():
            await asyncio.sleep(0.005)
        if server.started:
            _spare_the_collector()
            on_ready(Listening(_address(settings.host, port), port, credentials))
        ending = asyncio.create_task(until.wait())
        await asyncio.wait([serving, ending], return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        app.state.fetcher.close()
        await supervisor.close()
        server.should_exit = True
        await serving


def _spare_the_collector() -> None:
    """Let the garbage collector pass over all that is loaded, and come more seldom.

    With a thousand connections it took 0.2 s every few seconds, in which nobody was sent anything.
    """
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)


@contextlib.contextmanager
def _signals(until: asyncio.Event) -> Iterator[None]:
    """SIGINT and SIGTERM set ``until``. Elsewhere than in the main thread there are none to handle."""
    loop = asyncio.get_running_loop()
    handled: list[signal.Signals] = []
    try:
        for number in _ENDINGS:
            loop.add_signal_handler(number, until.set)
            handled.append(number)
    except (RuntimeError, ValueError):
        pass
    try:
        yield
    finally:
        for number in handled:
            loop.remove_signal_handler(number)
