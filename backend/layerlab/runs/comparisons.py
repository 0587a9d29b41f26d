"""Comparisons: several runs made from one spec, told what to do together, and their results side by side."""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from layerlab_schemas.comparison import ComparisonList, ComparisonRequest, ComparisonView
from layerlab_schemas.run import RunView
from sqlalchemy.exc import IntegrityError

from layerlab.originals.settling import settled
from layerlab.runs.inspector import Inspector
from layerlab.runs.making import Draft, add_draft, new_id
from layerlab.runs.refusals import CannotUse, KeyUsed, NoSuchComparison, NoSuchRun, NotNow, NotReady
from layerlab.runs.states import Command
from layerlab.runs.variants import Complaints, Variant, combinations, variant
from layerlab.settings import Settings
from layerlab.store import comparisons
from layerlab.store.comparisons import Member
from layerlab.store.store import Store
from layerlab.store.writer import Operation


class Runs(Protocol):
    """What is asked of whoever moves runs."""

    async def admit(self, groups: Sequence[Sequence[str]], *operations: Operation) -> None:
        """Store runs that are made together, and let them train, those of a group in lockstep."""
        ...

    async def command(self, run: str, command: Command, *, count: int = 1) -> RunView:
        """Tell a run what to do."""
        ...

    async def delete(self, run: str) -> None:
        """Delete a run."""
        ...


class Comparisons:
    """Makes, reads, commands and deletes them."""

    def __init__(self, settings: Settings, store: Store, inspector: Inspector, runs: Runs) -> None:
        self._settings = settings
        self._store = store
        self._inspector = inspector
        self._runs = runs
        self._making = asyncio.Lock()

    async def create(self, request: ComparisonRequest, *, key: str | None, digest: str) -> ComparisonView:
        """Check every member, then make all of them; nothing is made unless all can be.

        Raises:
            CannotUse: A member has problems; each says which and where.
            KeyUsed: The key came with another body before.
            TooMany: So many runs cannot wait.
        """
        async with self._making:
            if (known := await self._known(key, digest)) is not None:
                return known
            drafts = await self._drafts(request)
            groups, warnings = await self._groups(request, [one for _, one in drafts])
            numbers = {place: number for number, group in enumerate(groups, 1) for place in group}
            comparison = f"c{secrets.token_hex(6)}"
            stored = partial(
                comparisons.add,
                comparison=comparison,
                name=request.name or request.base.name,
                mode=request.mode,
                vary=request.vary,
                warnings=warnings,
                members=[
                    Member(draft.run, one.varied, numbers.get(place)) for place, (draft, one) in enumerate(drafts)
                ],
                created=datetime.now(UTC),
                idempotency_key=key,
                request_digest=digest,
            )
            rows = [partial(add_draft, draft=draft) for draft, _ in drafts]
            alone = [[place] for place in range(len(drafts)) if place not in numbers]
            admitted = [[drafts[place][0].run for place in group] for group in (*groups, *alone)]
            try:
                await self._runs.admit(admitted, *rows, stored)
            except IntegrityError as error:
                raise KeyUsed("This Idempotency-Key was used before.", hint="Use a new key.") from error
        return await self.view(comparison)

    async def _known(self, key: str | None, digest: str) -> ComparisonView | None:
        found = None if key is None else await self._store.read(partial(comparisons.get_by_key, idempotency_key=key))
        if found is None:
            return None
        comparison, known_digest = found
        if known_digest != digest:
            raise KeyUsed("This Idempotency-Key was used before, with another body.", hint="Use a new key.")
        return await self.view(comparison)

    async def _groups(
        self, request: ComparisonRequest, variants: Sequence[Variant]
    ) -> tuple[list[list[int]], list[str]]:
        """Places of the members that train together, group by group, and why others do not."""
        if request.mode == "separate":
            return [], []
        try:
            return await self._inspector.likeness([one.spec for one in variants])
        except NotReady:
            return [], ["Trying the members in lockstep took too long, so each is trained on its own."]

    async def _drafts(self, request: ComparisonRequest) -> list[tuple[Draft, Variant]]:
        all_varied = combinations(request, self._settings.max_members)
        node_ids = [node.id for node in (await self._inspector.check(request.base)).nodes]
        complaints, drafts = Complaints(len(all_varied)), list[tuple[Draft, Variant]]()
        for varied in all_varied:
            try:
                one = variant(request, varied, node_ids)
            except CannotUse as refusal:
                complaints.add(varied, refusal.problems())
                continue
            spec = await asyncio.to_thread(settled, one.spec, self._settings.originals_folder)
            check = await self._inspector.check(spec)
            complaints.add(varied, check.problems)
            drafts.append((Draft(run=new_id(), spec=spec, check=check), one))
        complaints.raise_if_any()
        return drafts

    async def view(self, comparison: str) -> ComparisonView:
        """One of them with its results.

        Raises:
            NoSuchComparison: There is none of that id.
        """
        found = await self._store.read(partial(comparisons.get, comparison=comparison))
        if found is None:
            raise NoSuchComparison(comparison)
        return found

    async def find(self, *, offset: int, limit: int) -> ComparisonList:
        """A page of them, the newest first."""
        found, total = await self._store.read(partial(comparisons.find, offset=offset, limit=limit))
        return ComparisonList(comparisons=found, total=total)

    async def command(self, comparison: str, command: Command) -> ComparisonView:
        """Tell every member that has not ended; to resume, also those that were stopped or interrupted.

        Raises:
            NoSuchComparison: There is none of that id.
            NotNow: The state of none allows it.
        """
        view = await self.view(comparison)
        refusals = [refusal for one in view.members if (refusal := await self._tell(one.run, command)) is not None]
        if refusals and len(refusals) == len(view.members):
            raise refusals[0]
        return await self.view(comparison)

    async def _tell(self, run: str, command: Command) -> NotNow | None:
        try:
            await self._runs.command(run, command)
        except NotNow as refusal:
            return refusal
        except NoSuchRun:
            return None
        return None

    async def delete(self, comparison: str) -> None:
        """Delete it with all its runs.

        Raises:
            NoSuchComparison: There is none of that id.
        """
        for one in (await self.view(comparison)).members:
            try:
                await self._runs.delete(one.run)
            except NoSuchRun:
                continue
        await self._store.write(partial(comparisons.remove, comparison=comparison))
