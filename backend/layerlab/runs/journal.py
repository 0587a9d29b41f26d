"""The one way anything of a run is written: number it, commit it, only then publish it (P1). Pictures do not wait."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy.exc import OperationalError

from layerlab.runs.hub import Hub
from layerlab.runs.recorder import Entry, Measured, Page, Recorder, frame_message
from layerlab.store import curves, runs
from layerlab.store.store import Store

log = logging.getLogger(__name__)

#: Pause between attempts to write when the disk is full or cannot be written.
_RETRY_SECONDS = 1.0


class Journal:
    """One run's journal. Writes of several callers follow each other; each is all or nothing."""

    def __init__(self, recorder: Recorder, store: Store, hub: Hub) -> None:
        self._recorder = recorder
        self._store = store
        self._hub = hub
        self._lock = asyncio.Lock()
        self.published_seq = recorder.last_seq
        self.closed = False
        self.is_whole = False
        """True where all of the run is written by this journal."""
        self.on_trouble: Callable[[bool], None] = lambda trouble: None
        """Told True when a write fails and will be tried again, False when it has gone through."""

    @classmethod
    async def load(cls, run: str, store: Store, hub: Hub, *, frame_bytes: int) -> "Journal | None":
        """The journal of a stored run, going on after its last message; None when there is no such run."""
        found = await store.read(lambda connection: (runs.get(connection, run), curves.reopen(connection, run)))
        view, open_curves = found
        if view is None:
            return None
        recorder = Recorder(run, last_seq=view.last_seq, open_curves=open_curves, frame_bytes=frame_bytes)
        return cls(recorder, store, hub)

    @classmethod
    def begin(cls, run: str, store: Store, hub: Hub, *, frame_bytes: int) -> "Journal":
        """The journal of a run that was stored a moment ago and has no message yet."""
        journal = cls(Recorder(run, last_seq=0, open_curves={}, frame_bytes=frame_bytes), store, hub)
        journal.is_whole = True
        return journal

    @property
    def last_steps(self) -> dict[str, int]:
        """The last stored step of each curve."""
        return self._recorder.last_steps

    @property
    def busy(self) -> bool:
        """True while something is being written."""
        return self._lock.locked()

    async def write(self, *entries: Entry) -> None:
        """Store ``entries`` and then show them; frames are shown at once, for somebody waits to see them.

        In a crowd they are shown together with the texts: each viewer is written to once.

        After the run is deleted this does nothing.
        """
        frames = [entry for entry in entries if isinstance(entry, Measured)]
        if not self._hub.is_crowded(self._recorder.run):
            self._show_all(frames)
            frames = []
        async with self._lock:
            if self.closed or not entries:
                return
            page = self._recorder.page(list(entries))
            await asyncio.shield(self._commit_and_publish(page, frames))

    async def _commit_and_publish(self, page: Page, frames: Sequence[Measured]) -> None:
        if not await self._commit(page):
            return
        for seq, text in page.texts:
            self._hub.publish_text(self._recorder.run, seq, text)
            self.published_seq = seq
        self._show_all(frames)

    def _show_all(self, frames: Sequence[Measured]) -> None:
        for frame in frames:
            if not self.closed:
                self._show(frame)

    def _show(self, measured: Measured) -> None:
        run, (probe, step, body) = self._recorder.run, (measured.probe, measured.step, measured.body)
        message = frame_message(run, probe, step, body, seq=self.published_seq, time=datetime.now(UTC))
        self._hub.publish_frame(run, probe, message)

    async def _commit(self, page: Page) -> bool:
        trouble = False
        while not self.closed:
            try:
                await self._store.write(*page.operations)
                if trouble:
                    self.on_trouble(False)
                return True
            except OperationalError as error:
                log.error("The store cannot be written, trying again: %s", error.orig)
                trouble = True
                self.on_trouble(True)
                await asyncio.sleep(_RETRY_SECONDS)
        return False

    async def close(self) -> None:
        """Nothing more is written; waits for what is being written."""
        self.closed = True
        async with self._lock:
            pass
