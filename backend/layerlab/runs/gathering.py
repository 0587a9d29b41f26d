"""A worker that is told to train several runs in lockstep: it waits for the start of each, builds them, trains them."""

import logging
from collections.abc import Sequence
from pathlib import Path

import torch
from layerlab_schemas.run import RunSpec

from layerlab.errors import LayerlabError
from layerlab.runs.building import kept_threads, limit_memory, session_of
from layerlab.runs.ensemble import Ensemble, RunOutlet
from layerlab.runs.inbox import Inbox
from layerlab.runs.member_session import MemberSession
from layerlab.runs.refusing import accept, in_words, refuse
from layerlab.runs.same_data import check_data
from layerlab.runs.wire import Message, Outlet
from layerlab.training.lockstep.group import Group, assemble_group

log = logging.getLogger(__name__)


def train_together(runs: Sequence[str], channel: Outlet, inbox: Inbox, *, threads: int, memory_bytes: int) -> None:
    """All runs of a group, from their ``start`` to the ``ended`` of the last."""
    starts, others = _starts(runs, inbox)
    try:
        ensemble = _build(list(starts.values()), channel, inbox, threads=threads, memory_bytes=memory_bytes)
    except Exception as error:
        if not isinstance(error, LayerlabError):
            log.exception("Runs %s could not be built", ", ".join(runs))
        for run, start in starts.items():
            ended = {"type": "ended", "status": "failed", "reason": in_words(error), "step": 0}
            RunOutlet(channel, run).send(refuse(start, error), ended)
        return
    for run, start in starts.items():
        RunOutlet(channel, run).send(accept(start))
    for message in others:
        inbox.put(message)
    ensemble.run(paused=any(start.get("paused", False) for start in starts.values()))


def _starts(runs: Sequence[str], inbox: Inbox) -> tuple[dict[str, Message], list[Message]]:
    """The start of each run that is not stopped before, and what else was said meanwhile."""
    starts, others, awaited = dict[str, Message](), list[Message](), set(runs)
    while awaited:
        message = inbox.take(None)
        assert message is not None
        run, kind = message.get("run"), message["type"]
        if kind == "start":
            starts[message["run"]] = message
        if kind in ("start", "stop") and run in awaited:
            awaited.discard(str(run))
        elif kind != "start":
            others.append(message)
    return starts, others


def _build(starts: Sequence[Message], channel: Outlet, inbox: Inbox, *, threads: int, memory_bytes: int) -> Ensemble:
    specs = [RunSpec.model_validate(start["spec"]) for start in starts]
    limit_memory(specs[0], memory_bytes)
    assemblies = assemble_group(specs)
    for start, assembly in zip(starts, assemblies, strict=True):
        directory = Path(start["directory"])
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        check_data(assembly.data, directory)
        torch.set_num_threads(kept_threads(assembly, directory, threads))
    group = Group(assemblies)
    sessions = {
        start["run"]: session_of(
            assembly,
            start,
            RunOutlet(channel, start["run"]),
            inbox,
            is_fresh=True,
            is_fork=False,
            kind=MemberSession,
            share=1 / len(starts),
        )
        for start, assembly in zip(starts, assemblies, strict=True)
    }
    return Ensemble(sessions, group, inbox)
