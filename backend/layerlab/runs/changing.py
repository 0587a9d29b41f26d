"""What the server itself writes into a run's journal: a new spec in force, and that it was broken off."""

from layerlab_schemas.run import EventKind, RunChange, RunSpec, RunState, RunView

from layerlab.runs.journal import Journal
from layerlab.runs.recorder import Entry, Respecified
from layerlab.runs.respecify import respecify
from layerlab.runs.standing import Standing, event, moving_part


async def write_change(journal: Journal, spec: RunSpec, change: RunChange, view: RunView) -> RunSpec:
    """Store ``spec`` with ``change`` as the one in force, and tell of a new name."""
    changed = respecify(spec, change, node_ids=[node.id for node in view.check.nodes])
    entries: list[Entry] = [Respecified(changed)]
    if change.name is not None and change.name != spec.name:
        entries.append(event(EventKind.CHANGE, view.step, f"renamed to {change.name}"))
    await journal.write(*entries)
    return changed


async def interrupt(view: RunView, journal: Journal) -> None:
    """Say of a run that the last server left behind that it was interrupted."""
    doing = {RunState.QUEUED: "waiting", RunState.RUNNING: "training"}.get(view.status, view.status.value)
    reason = f"The server ended while this run was {doing}."
    standing = Standing(view.id, moving_part(view))
    standing.fate = (RunState.INTERRUPTED, reason)
    await journal.write(*standing.broke_off(reason))
