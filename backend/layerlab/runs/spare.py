"""A worker in waiting, limbered up for the run that the next click is likely to make.

Somebody who tries settings makes one run after another, each nearly like the one before. While the hand rests a worker
is made that has taken the first steps of such a run. It is used for the next one, or ended when none comes for long.
"""

import asyncio
import contextlib
from collections.abc import Iterable

from layerlab_schemas.graph import CheckResult
from layerlab_schemas.run import RunSpec

from layerlab.runs.children import Child, ChildGone, Executor, dismiss

#: A new run has its first second for itself.
_AFTER_SECONDS = 1.2
_KEPT_SECONDS = 120.0
_LIMBER_SECONDS = 10.0
#: Networks and data beyond this take long to limber up, and gain little.
_MOST_MULTIPLY_ADDS = 50_000_000
_MOST_PARAMETERS = 1_000_000
_MOST_NUMBERS = 4_000_000


class Spare:
    """At most one."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._child: Child | None = None
        self._task: asyncio.Task[None] | None = None

    def take(self) -> Child | None:
        """It, where it is ready; it is not kept."""
        child, self._child = self._child, None
        return child

    def make(self, spec: RunSpec, check: CheckResult, probes: Iterable[str]) -> None:
        """Get one ready for runs like this one, in a moment; whoever was getting ready for another one is let go."""
        self.close()
        if _is_small(spec, check):
            self._task = asyncio.create_task(self._make(spec, sorted(probes)))

    async def _make(self, spec: RunSpec, probes: list[str]) -> None:
        await asyncio.sleep(_AFTER_SECONDS)
        with contextlib.suppress(ChildGone, TimeoutError):
            await self._keep(await self._executor.worker(), spec, probes)

    async def _keep(self, child: Child, spec: RunSpec, probes: list[str]) -> None:
        is_ready = False
        try:
            child.send({"type": "limber", "id": 0, "spec": spec.model_dump(mode="json"), "probes": probes})
            async with asyncio.timeout(_LIMBER_SECONDS):
                is_ready = bool(await child.receive())
            if is_ready:
                self._child = child
                await asyncio.sleep(_KEPT_SECONDS)
        finally:
            if not is_ready or self._child is child:  # nobody took it
                self._child = None
                dismiss(child)

    def close(self) -> None:
        """Let it go, and whoever is getting ready."""
        if self._task is not None:
            self._task.cancel()
            self._task = None


def _is_small(spec: RunSpec, check: CheckResult) -> bool:
    if check.data is None:
        return False
    numbers = check.data.num_train
    for size in check.data.input_shape:
        numbers *= size
    work = check.totals.multiply_adds * spec.data.batch_size
    return work <= _MOST_MULTIPLY_ADDS and check.totals.parameters <= _MOST_PARAMETERS and numbers <= _MOST_NUMBERS
