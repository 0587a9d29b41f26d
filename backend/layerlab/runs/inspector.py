"""The process that answers check, catalogue, preview and export: graphs of users are never built in the server."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from typing import Any

from layerlab_schemas.catalog import Catalog
from layerlab_schemas.graph import CheckResult
from layerlab_schemas.run import CheckRequest, RunSpec
from layerlab_schemas.server import (
    AugmentBatchRequest,
    AugmentGalleryRequest,
    DatasetPreview,
    PreviewRequest,
    SchedulePreview,
    ScheduleRequest,
)

from layerlab.figures import counted
from layerlab.runs.asking import Asking, problem_of
from layerlab.runs.children import Child, ChildGone, Executor, Message
from layerlab.runs.refusals import CannotUse, NotReady

log = logging.getLogger(__name__)

_END_SECONDS = 2.0


class Inspector:
    """One inspector child, started when first needed and again whenever it is gone."""

    def __init__(self, executor: Executor, *, answer_seconds: float) -> None:
        self._executor = executor
        self._answer_seconds = answer_seconds
        self._lock = asyncio.Lock()
        self._child: Child | None = None
        self._asking: Asking | None = None
        self._reading: asyncio.Task[None] | None = None
        self._catalog: bytes | None = None

    async def check(self, request: CheckRequest | RunSpec) -> CheckResult:
        """Shapes, counts and problems of a network, or of a whole run."""
        return CheckResult.model_validate(await self._ask("check", request=request.model_dump(mode="json")))

    async def catalog(self) -> bytes:
        """The catalogue as JSON; asked for once."""
        if self._catalog is None:
            found = Catalog.model_validate(await self._ask("catalog"))
            self._catalog = found.model_dump_json().encode()
        return self._catalog

    async def preview(self, request: PreviewRequest) -> DatasetPreview:
        """A look at a dataset."""
        return DatasetPreview.model_validate(await self._ask("preview", request=request.model_dump(mode="json")))

    async def augmentations(self, request: AugmentGalleryRequest | AugmentBatchRequest) -> bytes:
        """A sample under many augmentations, or a first batch: a packed frame."""
        what = "gallery" if isinstance(request, AugmentGalleryRequest) else "batch"
        return bytes(await self._ask(f"augment {what}", request=request.model_dump(mode="json")))

    async def python(self, spec: RunSpec) -> str:
        """A run as a script of PyTorch."""
        return str(await self._ask("python", request=spec.model_dump(mode="json")))

    async def samples(self, spec: RunSpec) -> bytes:
        """The samples of a run, as the file that its script may read."""
        return bytes(await self._ask("samples", request=spec.model_dump(mode="json")))

    async def preview_rates(self, request: ScheduleRequest) -> SchedulePreview:
        """The learning rates of a run that has not begun."""
        return SchedulePreview.model_validate(await self._ask("rates", request=request.model_dump(mode="json")))

    async def check_analysis(self, spec: RunSpec, kind: str, params: dict[str, Any]) -> dict[str, Any]:
        """The kind of an analysis, all its fields, and what of the run it reads."""
        fields = {"run": spec.model_dump(mode="json"), "analysis": kind, "params": params}
        return dict(await self._ask("analysis", **fields))

    async def likeness(self, specs: Sequence[RunSpec]) -> tuple[list[list[int]], list[str]]:
        """Places of the specs that can be trained together, group by group, and why others cannot."""
        found = await self._ask("likeness", specs=[spec.model_dump(mode="json") for spec in specs])
        return found["groups"], found["warnings"]

    async def _ask(self, kind: str, **fields: Any) -> Any:
        """One question at a time.

        Raises:
            CannotUse: The question itself has problems.
            NotReady: No answer came in time, or the process ended over it.
        """
        async with self._lock:
            try:
                asking = await self._ready_child()
                async with asyncio.timeout(self._answer_seconds):
                    reply = await asking.ask({"type": kind, **fields})
            except TimeoutError as error:
                self._end()
                seconds = counted(self._answer_seconds, "second")
                raise NotReady(f"The {kind} took longer than {seconds} and was ended.", hint="Try less.") from error
            except ChildGone as error:
                self._end()
                raise NotReady(f"The process that does the {kind} ended over it.", hint="Try again.") from error
        if (problem := problem_of(reply)) is not None:
            raise CannotUse.of(problem)
        return reply["result"]

    async def _ready_child(self) -> Asking:
        if self._child is None or self._asking is None:
            self._child = await self._executor.inspector()
            self._asking = Asking(self._child)
            self._reading = asyncio.create_task(self._read(self._child, self._asking))
        return self._asking

    async def _read(self, child: Child, asking: Asking) -> None:
        while messages := await child.receive():
            for message in messages:
                self._take(asking, message)
        asking.give_up()
        if self._child is child:
            self._child = self._asking = None

    def _take(self, asking: Asking, message: Message) -> None:
        if message["type"] == "reply":
            asking.answered(message)
        else:
            log.error("The inspector said %r, which is no reply", message["type"])

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
        self._child = self._asking = None

    async def close(self) -> None:
        """End the process."""
        self._end()
        if self._reading is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._reading, _END_SECONDS)
