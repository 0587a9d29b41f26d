"""``WS /api/stream``: one connection, its outbox, and what it says. The words are in ``layerlab_schemas.stream``."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from layerlab_schemas.stream import ClientMessage, ErrorMessage, Hello, Ping, Pong, Subscribe, Unsubscribe
from pydantic import TypeAdapter, ValidationError

from layerlab import __version__
from layerlab.api import problems
from layerlab.api.connection import Pump
from layerlab.api.reading import parse
from layerlab.runs.hub import Viewer
from layerlab.runs.outbox import Outbox
from layerlab.runs.supervisor import Supervisor

router = APIRouter()

_MESSAGES: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)
_MOST_SUBSCRIPTIONS = 32
_DEPTH = 8
#: How often a connection is asked whether its credential still holds.
_LOOK_SECONDS = 2.0
#: Close code of ours: the credential was taken away.
_REVOKED = 4401


@router.websocket("/api/stream")
async def stream(websocket: WebSocket) -> None:
    """Serve one viewer until it leaves, is too slow, or its credential ends."""
    await websocket.accept()
    state = websocket.app.state
    connection = _Connection.open(websocket)
    connection.say(Hello(type="hello", version=__version__, time=datetime.now(UTC)))
    tasks = [
        asyncio.create_task(connection.read()),
        asyncio.create_task(connection.look_after(state.settings.viewer_seconds)),
    ]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        state.supervisor.hub.leave(connection.viewer)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        if (error := task.exception()) is not None and not isinstance(error, WebSocketDisconnect):
            raise error


@dataclass(eq=False)
class _Connection:
    websocket: WebSocket
    runs: Supervisor
    viewer: Viewer
    pump: Pump

    @classmethod
    def open(cls, websocket: WebSocket) -> "_Connection":
        state = websocket.app.state
        outbox = Outbox(state.settings.outbox_bytes)
        pump = Pump(outbox, websocket.state.line, state.framing)
        return cls(websocket, state.supervisor, Viewer(outbox, pump.wake), pump)

    def say(self, message: Any) -> None:
        self.viewer.outbox.put_text(message.model_dump_json())
        self.viewer.wake()

    def refuse(self, code: str, text: str, *, hint: str | None = None, run: str | None = None) -> None:
        self.say(ErrorMessage(type="error", code=code, message=text, hint=hint, run=run))

    async def look_after(self, patience: float) -> None:
        """Cut off a viewer that takes nothing for ``patience`` seconds; it may come back. Log out who must go."""
        while not self.viewer.outbox.overflowed:
            await asyncio.sleep(min(_LOOK_SECONDS, patience / 4))
            if self.pump.has_stalled(patience):
                self.pump.cut_off()
                return
            if not self.websocket.state.still_let_in():
                await self.websocket.close(_REVOKED, "logged out")
                return

    async def read(self) -> None:
        """Take what the viewer says, one message after the other."""
        while True:
            received = await self.websocket.receive()
            if received["type"] == "websocket.disconnect":
                return
            text = received.get("text")
            if text is None:
                self.refuse("not_text", "Messages to the server are JSON text.")
            elif (message := self._understand(text)) is not None:
                await self._do(message)

    def _understand(self, text: str) -> ClientMessage | None:
        try:
            return _MESSAGES.validate_python(parse(text.encode("utf-8", "surrogatepass"), depth=_DEPTH))
        except problems.Refusal as refusal:
            self.refuse(refusal.problem.code, refusal.problem.detail)
        except ValidationError as error:
            detail = problems.invalid(error.errors()).detail
            self.refuse("invalid_message", detail, hint="Say subscribe, unsubscribe or ping.")
        return None

    async def _do(self, message: ClientMessage) -> None:
        match message:
            case Ping():
                self.say(Pong(type="pong"))
            case Unsubscribe(run=run):
                self.runs.hub.unsubscribe(self.viewer, run)
            case Subscribe(run=run):
                if run not in self.viewer.subscriptions and len(self.viewer.subscriptions) >= _MOST_SUBSCRIPTIONS:
                    self.refuse("too_many", f"One connection can watch {_MOST_SUBSCRIPTIONS} runs.", run=run)
                elif not await self.runs.subscribe(self.viewer, message):
                    text = f"There is no run called {run[:80]}. It may have been deleted."
                    self.refuse("run_not_found", text, run=run)
