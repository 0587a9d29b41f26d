"""The journals of all runs, one each, and the way of a viewer into the channel of one."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from layerlab_schemas.stream import Subscribe

from layerlab.runs import reading
from layerlab.runs.hub import Hub, Viewer
from layerlab.runs.journal import Journal
from layerlab.runs.recorder import frame_message
from layerlab.runs.refusals import NoSuchRun
from layerlab.store import frames
from layerlab.store.store import Store

#: Journals of ended runs kept at hand.
_IDLE_JOURNALS = 64
_SNAPSHOT_TRIES = 5


class Journals:
    """Opens the one journal of a run when it is first needed. ``is_live`` tells of which runs it must be kept."""

    def __init__(self, store: Store, hub: Hub, *, is_live: Callable[[str], bool], frame_bytes: int) -> None:
        self._store = store
        self._hub = hub
        self._is_live = is_live
        self._frame_bytes = frame_bytes
        self._journals: dict[str, Journal] = {}
        self._opening = asyncio.Lock()
        self._taking = asyncio.Lock()
        self._snapshots: dict[str, asyncio.Task[tuple[int, str] | None]] = {}

    async def of(self, run: str) -> Journal:
        """The journal of a run, with its channel in the hub.

        Raises:
            NoSuchRun: There is no such run.
        """
        async with self._opening:
            journal = self._journals.get(run)
            if journal is None:
                journal = await Journal.load(run, self._store, self._hub, frame_bytes=self._frame_bytes)
                if journal is None:
                    raise NoSuchRun(run)
                self._journals[run] = journal
                self._forget_idle(keep=run)
        self._hub.open(run, journal.published_seq, live=self._is_live(run))
        return journal

    async def begin(self, run: str) -> Journal:
        """The journal of a run that was stored a moment ago and has no message yet; nothing is read."""
        async with self._opening:
            journal = self._journals.get(run) or Journal.begin(
                run, self._store, self._hub, frame_bytes=self._frame_bytes
            )
            self._journals[run] = journal
            self._forget_idle(keep=run)
        self._hub.open(run, journal.published_seq, live=True)
        return journal

    def _forget_idle(self, keep: str) -> None:
        idle = [run for run, journal in self._journals.items() if not self._is_live(run) and not journal.busy]
        for run in idle[: max(0, len(idle) - _IDLE_JOURNALS)]:
            if run != keep:
                del self._journals[run]

    async def remove(self, run: str) -> None:
        """The run is being deleted: nothing more is written of it."""
        if (journal := self._journals.pop(run, None)) is not None:
            await journal.close()

    async def subscribe(self, viewer: Viewer, wish: Subscribe) -> bool:
        """Let a viewer follow a run, from where it was or from a snapshot. False when there is no such run."""
        try:
            await self._recall_frames(wish.run, wish.probes)
            await self.of(wish.run)
        except NoSuchRun:
            return False
        joined = self._hub.subscribe(viewer, wish.run, probes=wish.probes, sample=wish.sample, from_seq=wish.from_seq)
        for _ in range(_SNAPSHOT_TRIES):
            if joined:
                break
            snapshot = await self._snapshot(wish.run)
            if snapshot is None:
                return False
            joined = self._hub.admit(viewer, wish.run, *snapshot)
        return joined

    async def _recall_frames(self, run: str, probes: Sequence[str]) -> None:
        """The newest frames, from the store where the hub has none: after a restart, or of an old run."""
        journal = await self.of(run)
        if journal.is_whole and self._is_live(run):
            return  # what is not there was never measured
        if missing := self._hub.missing_frames(run, probes):
            found = await self._store.read(partial(frames.newest, run=run, probes=missing))
            for probe, (step, body) in found.items():
                message = frame_message(run, probe, step, body, seq=journal.published_seq, time=datetime.now(UTC))
                self._hub.remember_frame(run, probe, message)

    async def _snapshot(self, run: str) -> tuple[int, str] | None:
        """A snapshot that is begun after this call; all who wait for one of the same run get the same."""
        waiting = self._snapshots.get(run)
        if waiting is None:
            waiting = self._snapshots[run] = asyncio.create_task(self._take_snapshot(run))
        return await asyncio.shield(waiting)

    async def _take_snapshot(self, run: str) -> tuple[int, str] | None:
        async with self._taking:
            del self._snapshots[run]  # whoever comes from now on waits for the next
            return await self._store.read(partial(reading.snapshot, run=run))
