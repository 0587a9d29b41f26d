"""From a run and a step to what a fork begins with: a checkpoint and a spec."""

from dataclasses import dataclass
from functools import partial

from layerlab_schemas.run import CheckpointView, ForkRequest, RunSpec, RunView

from layerlab.runs.changes_log import ChangesLog
from layerlab.runs.dotted import changed_spec
from layerlab.runs.records import Records
from layerlab.runs.refusals import NoSuchRun, NotNow
from layerlab.runs.respecify import respecify
from layerlab.settings import Settings
from layerlab.store import checkpoints, runs
from layerlab.store.store import Store


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a fork leaves.

    Attributes:
        asked: The run that was to be forked; it becomes the parent.
        owner: The run whose checkpoint it is: ``asked``, or one that it was itself forked from.
        spec: In force at that step, live changes until then included.
        checkpoint: None at step 0.
    """

    asked: RunView
    owner: RunView
    spec: RunSpec
    checkpoint: CheckpointView | None

    @property
    def step(self) -> int:
        """The step at which it leaves."""
        return self.checkpoint.step if self.checkpoint else 0

    @property
    def node_ids(self) -> list[str]:
        """The names of its nodes, in order."""
        return [node.id for node in self.owner.check.nodes]

    def changed(self, request: ForkRequest) -> RunSpec:
        """The spec of the fork.

        Raises:
            CannotUse: A change leads nowhere, or cannot be.
        """
        spec = changed_spec(self.spec, request.changes, node_ids=self.node_ids)
        named = {"name": request.name or spec.name, "tags": spec.tags}
        return spec.model_copy(update=named)


class Origins:
    """Finds them."""

    def __init__(self, store: Store, records: Records, settings: Settings) -> None:
        self._store = store
        self._records = records
        self._settings = settings

    async def find(self, asked: RunView, at_step: int | None) -> Origin:
        """The newest checkpoint at or before ``at_step``, of this run or, before it began, of its parent.

        Raises:
            NotNow: There is none, or the parent that had it is gone.
        """
        owner = asked
        while at_step and owner.forked_at and at_step < owner.forked_at:
            owner = await self._parent(owner, at_step)
        found = None
        if at_step != 0:
            found = await self._store.read(partial(checkpoints.at_or_before, run=owner.id, step=at_step))
        if found is not None and found.step == 0:
            found = None  # made anew from its spec, so that everything may change
        if found is None and owner.forked_at and at_step != 0:
            raise NotNow("This fork has not begun, so nothing can go on from it.", hint="Fork its parent.")
        spec = await self._spec_at(owner, found.step if found else 0)
        spec = spec.model_copy(update={"name": asked.name, "tags": asked.tags})
        return Origin(asked=asked, owner=owner, spec=spec, checkpoint=found)

    async def _parent(self, fork: RunView, step: int) -> RunView:
        assert fork.parent is not None
        try:
            return await self._records.view(fork.parent)
        except NoSuchRun as error:
            message = f"The state of step {step} went with the run that this one was forked from."
            hint = f"Fork at step {fork.forked_at} or later, or at step 0."
            raise NotNow(message, hint=hint) from error

    async def _spec_at(self, run: RunView, step: int) -> RunSpec:
        spec = await self._store.read(partial(runs.original_spec, run=run.id))
        for change in ChangesLog(self._settings.run_directory(run.id)).until(step):
            spec = respecify(spec, change, node_ids=[node.id for node in run.check.nodes])
        return spec

    async def listed(self, run: RunView) -> list[CheckpointView]:
        """All checkpoints that a fork of ``run`` can go on from, those of the runs it was forked from too."""
        found: list[CheckpointView] = []
        limit: int | None = None
        owner: RunView | None = run
        while owner is not None:
            mine = await self._store.read(partial(checkpoints.read, run=owner.id))
            found = [one for one in mine if limit is None or one.step < limit] + found
            limit = owner.forked_at
            try:
                owner = await self._records.view(owner.parent) if owner.parent and limit else None
            except NoSuchRun:
                owner = None
        return found
