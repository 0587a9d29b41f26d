"""Runs that wait to be trained in lockstep: they are given one worker, all at once, when the first has its turn."""

from collections.abc import Callable, Sequence
from functools import partial

from layerlab_schemas.run import RunState

from layerlab.runs.children import ChildGone, Executor
from layerlab.runs.live import LiveRun
from layerlab.runs.shared_child import SharedChild
from layerlab.store import runs
from layerlab.store.store import Store


class Together:
    """The groups that have not begun. ``leave`` takes a run out of the queue."""

    def __init__(self, executor: Executor, store: Store, *, leave: Callable[[LiveRun], None]) -> None:
        self._executor = executor
        self._store = store
        self._leave = leave
        self._groups: dict[str, list[LiveRun]] = {}

    def add(self, lives: Sequence[LiveRun]) -> Sequence[LiveRun]:
        """These are to be trained together; gives them back."""
        for live in lives:
            self._groups[live.run] = list(lives)
        return lives

    async def begin(self, live: LiveRun) -> bool:
        """Let a run begin with those of its group that wait as it does; False where it is to begin on its own."""
        group = self._groups.get(live.run, [])
        for one in group:
            self._groups.pop(one.run, None)
        mates = [one for one in group if one is live or (one.status is RunState.QUEUED and not one.over.is_set())]
        if len(mates) < 2:
            return False
        for one in mates:
            self._leave(one)
            one.active = True
        try:
            shared = SharedChild(await self._executor.worker(), [one.run for one in mates])
            for one in mates:
                spec = await self._store.read(partial(runs.original_spec, run=one.run))
                await one.begin(spec, has_checkpoint=False, child=shared.part(one.run))
        except ChildGone:
            for one in mates:
                await one.end(RunState.FAILED, "No worker could be started. The log of the server tells more.")
        return True
