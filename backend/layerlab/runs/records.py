"""Reading runs. All of it comes from the store, so nothing is shown that is not kept (P1)."""

from collections.abc import Sequence
from functools import partial

from layerlab_schemas.recording import Recording
from layerlab_schemas.run import RunState, RunView

from layerlab.runs.refusals import NoSuchRun
from layerlab.store import curves, frames, runs
from layerlab.store.curves import Curve
from layerlab.store.store import Store


class Records:
    """What is stored of runs. Every question about a run that is not there raises ``NoSuchRun``."""

    def __init__(self, store: Store, *, frame_bytes: int = frames.BUDGET) -> None:
        self._store = store
        self._frame_bytes = frame_bytes

    async def view(self, run: str) -> RunView:
        """One run as it stands."""
        view = await self._store.read(partial(runs.get, run=run))
        if view is None:
            raise NoSuchRun(run)
        return view

    async def find(
        self,
        *,
        statuses: Sequence[RunState],
        name: str | None,
        tag: str | None,
        sort: str,
        descending: bool,
        offset: int,
        limit: int,
    ) -> tuple[list[RunView], int]:
        """A page of runs, and how many fit in all."""
        question = partial(
            runs.find,
            statuses=statuses,
            name=name,
            tag=tag,
            sort=sort,
            descending=descending,
            offset=offset,
            limit=limit,
        )
        return await self._store.read(question)

    async def curves(
        self, run: str, names: Sequence[str] | None, stretch: curves.Stretch = curves.ALL
    ) -> dict[str, Curve]:
        """Curves by name; all of them where ``names`` is None."""
        await self.view(run)
        return await self._store.read(partial(curves.read, run=run, names=names, stretch=stretch))

    async def frame(self, run: str, probe: str, step: int | None) -> bytes | None:
        """The frame recorded at a step or the last before it; the newest where ``step`` is None."""
        await self.view(run)
        return await self._store.read(partial(frames.nearest, run=run, probe=probe, step=step))

    async def recorded_steps(self, run: str, probe: str) -> list[int]:
        """The steps at which a probe was recorded, going up."""
        await self.view(run)
        return await self._store.read(partial(frames.steps, run=run, probe=probe))

    async def recording(self, run: str) -> Recording:
        """How many frames are kept, how large, and within which limits."""
        await self.view(run)
        probes = await self._store.read(partial(frames.recording, run=run))
        count, size = sum(one.num_kept for one in probes), sum(one.bytes for one in probes)
        limits = {"most_bytes": self._frame_bytes, "most_frames": frames.KEPT}
        return Recording(num_frames=count, bytes=size, probes=probes, **limits)

    async def frames(self, run: str, probe: str, steps: Sequence[int]) -> list[bytes]:
        """The frames recorded at ``steps``."""
        return await self._store.read(partial(frames.bodies, run=run, probe=probe, chosen=steps))
