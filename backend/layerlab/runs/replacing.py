"""A run that makes way for another one: it stands still while that is made, so that both do not share the cores."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine

from layerlab_schemas.run import RunState

from layerlab.runs.hub import Hub
from layerlab.runs.live import LiveRun

_HELD_SECONDS = 10.0
_COME_ALONG_SECONDS = 3.0
#: Ending a run is work: it measures everything once more and saves. The new one shows its first steps before that.
_ENDS_AFTER_SECONDS = 1.0


@contextlib.asynccontextmanager
async def making_way(live: LiveRun | None, spawn: Callable[[Coroutine[None, None, None]], None]) -> AsyncIterator[None]:
    """Hold ``live``, and stop it when the other one is there. Where that fails, it goes on as it was."""
    if live is None or live.status is not RunState.RUNNING:
        yield
        if live is not None:
            spawn(_end(live, 0.0))
        return
    live.hold(_HELD_SECONDS)
    live.active = False
    try:
        yield
    except BaseException:
        live.active = True
        live.hold(0.0)
        raise
    spawn(_end(live, _ENDS_AFTER_SECONDS))


async def await_viewers(live: LiveRun, hub: Hub) -> None:
    """What the viewers of the run before it watched holds until they have had time to come along."""
    await asyncio.sleep(_COME_ALONG_SECONDS)
    live.watch(hub.watched(live.run))


async def _end(live: LiveRun, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(live.over.wait(), seconds)
    if not live.over.is_set():
        await live.end(RunState.STOPPED, "Stopped: another run took its place.")
