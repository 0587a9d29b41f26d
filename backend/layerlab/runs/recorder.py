"""From what happened in a run to what is stored and what is shown: rows and numbered messages, made together.

A pure core: it gives operations for the store and texts for the hub; the journal sees that the first are committed
before the second are published.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
import ormsgpack
from layerlab_schemas.run import CheckpointView, RunEvent, RunProgress, RunSpec, Series
from layerlab_schemas.stream import EventMessage, ProgressMessage, ScalarsMessage

from layerlab.store import checkpoints, curves, events, frames, runs
from layerlab.store.curves import OpenCurve
from layerlab.store.frames import Taken
from layerlab.store.thin import thinned, to_series
from layerlab.store.writer import Operation

#: Points of one curve in one message; a run would have to make 20 000 steps a second for more.
MOST_SHOWN = 1000


@dataclass(frozen=True)
class Scalars:
    """New points of curves: by name, steps and values (which may be NaN or infinite)."""

    step: int
    scalars: Mapping[str, tuple[list[int], list[float]]]


@dataclass(frozen=True)
class Happened:
    """An event."""

    event: RunEvent


@dataclass(frozen=True)
class Stands:
    """How the run stands, and columns of its row that change with it (``started``, ``ended``, ``device`` …)."""

    progress: RunProgress
    columns: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Measured:
    """A frame: message pack of ``layerlab_schemas.frames.Frame``."""

    probe: str
    step: int
    body: bytes


@dataclass(frozen=True)
class Saved:
    """A checkpoint is complete."""

    step: int
    directory: str
    epoch: float
    num_bytes: int
    kept: Sequence[int]
    """The steps of all that there are now."""


@dataclass(frozen=True)
class Respecified:
    """The spec in force has changed."""

    spec: RunSpec


Entry = Scalars | Happened | Stands | Measured | Saved | Respecified


@dataclass
class Page:
    """One commit's worth: what to store, then what to show."""

    operations: list[Operation] = field(default_factory=list)
    texts: list[tuple[int, str]] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    """Frames, to be stored."""


def _now() -> datetime:
    return datetime.now(UTC)


class Recorder:
    """Numbers one run's messages and keeps the growing ends of its curves."""

    def __init__(
        self,
        run: str,
        *,
        last_seq: int,
        open_curves: dict[str, OpenCurve],
        clock: Callable[[], datetime] = _now,
        frame_bytes: int = frames.BUDGET,
    ) -> None:
        self.run = run
        self.last_seq = last_seq
        self._curves = open_curves
        self._clock = clock
        self._frame_bytes = frame_bytes

    @property
    def last_steps(self) -> dict[str, int]:
        """The last step of each curve."""
        return curves.last_steps(self._curves)

    def page(self, entries: list[Entry]) -> Page:
        """Rows and messages of ``entries``, in their order. Each page must be stored before the next is made."""
        page = Page()
        before = self.last_seq
        for entry in entries:
            self._add(page, entry)
        for taken in _looks(page.taken):
            page.operations.append(partial(frames.add, run=self.run, taken=taken, budget=self._frame_bytes))
        if self.last_seq > before:
            page.operations.append(partial(runs.set_columns, run=self.run, last_seq=self.last_seq))
        return page

    def _add(self, page: Page, entry: Entry) -> None:
        match entry:
            case Scalars():
                self._add_scalars(page, entry)
            case Happened(event):
                seq = self._next(page, lambda fields: EventMessage(type="event", event=event, **fields), event.step)
                page.operations.append(partial(events.add, run=self.run, seq=seq, event=event))
            case Stands(progress, columns):
                self._next(
                    page, lambda fields: ProgressMessage(type="progress", progress=progress, **fields), progress.step
                )
                page.operations.append(partial(runs.set_progress, run=self.run, progress=progress))
                if columns:
                    page.operations.append(partial(runs.set_columns, run=self.run, **columns))
            case Measured(probe, step, body):
                page.taken.append(Taken(probe, step, body))
            case Saved():
                page.operations.append(self._checkpoint(entry))
            case Respecified(spec):
                page.operations.append(partial(runs.set_spec, run=self.run, spec=spec))

    def _checkpoint(self, saved: Saved) -> Operation:
        view = CheckpointView(
            run=self.run, step=saved.step, epoch=saved.epoch, bytes=saved.num_bytes, time=self._clock()
        )
        return partial(checkpoints.add, checkpoint=view, directory=saved.directory, kept=list(saved.kept))

    def _add_scalars(self, page: Page, entry: Scalars) -> None:
        shown: dict[str, Series] = {}
        for name, (steps, values) in entry.scalars.items():
            curve = self._curves.setdefault(name, OpenCurve(name))
            fresh_steps, fresh_values, changed = curve.append(steps, values)
            if fresh_steps:
                shown[name] = shown_points(fresh_steps, fresh_values)
                page.operations.append(partial(curves.write, run=self.run, changed=changed))
        if shown:
            self._next(page, lambda fields: ScalarsMessage(type="scalars", scalars=shown, **fields), entry.step)

    def _next(
        self, page: Page, make: Callable[[dict[str, Any]], EventMessage | ProgressMessage | ScalarsMessage], step: int
    ) -> int:
        self.last_seq += 1
        message = make({"run": self.run, "seq": self.last_seq, "step": step, "time": self._clock()})
        page.texts.append((self.last_seq, message.model_dump_json()))
        return self.last_seq


def shown_points(steps: list[int], values: list[float]) -> Series:
    """Points as viewers get them. All are stored; of very many the stream has those that keep the look of the curve."""
    if len(steps) <= MOST_SHOWN:
        return to_series(steps, values)
    return thinned((np.array(steps, np.int64), np.array(values, np.float64)), MOST_SHOWN)


def _looks(taken: list[Taken]) -> list[list[Taken]]:
    """Frames parted so that no probe is twice in a part."""
    parts: list[list[Taken]] = []
    seen: Counter[str] = Counter()
    for one in taken:
        parts.extend([[]] if seen[one.probe] == len(parts) else [])
        parts[seen[one.probe]].append(one)
        seen[one.probe] += 1
    return parts


def frame_message(run: str, probe: str, step: int, body: bytes, *, seq: int, time: datetime) -> bytes:
    """A frame as the stream sends it: message pack of ``FrameMessage``; ``seq`` is that of the last text before it."""
    message = {"type": "frame", "run": run, "probe": probe, "seq": seq, "step": step}
    return ormsgpack.packb({**message, "time": time.isoformat(), "body": body})
