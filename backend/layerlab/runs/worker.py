"""The worker's work: build the run that it is told to train, or say why it cannot, then train it to its end."""

import logging
from pathlib import Path

import torch
from layerlab_schemas.run import RunSpec

from layerlab.errors import LayerlabError
from layerlab.runs import process
from layerlab.runs.building import kept_threads, session_of
from layerlab.runs.gathering import train_together
from layerlab.runs.inbox import Inbox
from layerlab.runs.refusing import accept, in_words, refuse
from layerlab.runs.saving import find_origin, find_start
from layerlab.runs.session import Session
from layerlab.runs.wire import Channel, Message, Outlet
from layerlab.training.assemble import Assembly, assemble

log = logging.getLogger(__name__)


def work(channel: Channel, inbox: Inbox, *, threads: int, memory_bytes: int) -> None:
    """One run, from ``start`` to ``ended``."""
    inbox.accept_termination()
    start = inbox.take(None)
    if start is not None and start["type"] == "assemble":
        train_together(start["runs"], channel, inbox, threads=threads, memory_bytes=memory_bytes)
        return
    if start is None or start["type"] != "start":
        return
    try:
        session = build(start, channel, inbox, threads=threads, memory_bytes=memory_bytes)
    except Exception as error:
        if not isinstance(error, LayerlabError):
            log.exception("Run %s could not be built", start["run"])
        channel.send(refuse(start, error))
        channel.send({"type": "ended", "status": "failed", "reason": in_words(error), "step": 0})
        return
    channel.send(accept(start))
    try:
        session.run(paused=start.get("paused", False))
    except ConnectionError:
        raise
    except Exception as error:
        if not isinstance(error, LayerlabError):
            log.exception("Run %s failed", start["run"])
        session.fail(error)


def build(start: Message, channel: Outlet, inbox: Inbox, *, threads: int, memory_bytes: int) -> Session:
    """The run that ``start`` asks for, at the state from which it goes on.

    Raises:
        SpecError: It cannot be trained.
        DamagedCheckpoint: There are checkpoints to go on from, and none is whole.
    """
    spec = RunSpec.model_validate(start["spec"])
    directory, recorded_step = Path(start["directory"]), start["recorded_step"] or 0
    directory.mkdir(parents=True, exist_ok=True)
    if spec.training.device == "cpu" or not process.has_gpu_driver():
        process.set_limits(memory_bytes)  # CUDA reserves more addresses than any machine has memory
    assembly = assemble(spec)
    torch.set_num_threads(kept_threads(assembly, directory, threads))
    is_resumed = start["resume"] and _load(assembly, directory, recorded_step)
    is_fork = not is_resumed and _load_origin(assembly, directory)
    return session_of(
        assembly, start, channel, inbox, is_fresh=not (is_resumed or is_fork), is_fork=is_fork, kind=Session
    )


def _load(assembly: Assembly, directory: Path, recorded_step: int) -> bool:
    """Go on from the checkpoint that fits; False where there is none."""
    state = find_start(directory, recorded_step)
    if state is not None:
        assembly.trainer.load_state(state)
    return state is not None


def _load_origin(assembly: Assembly, directory: Path) -> bool:
    """Begin a fork with the state of its parent; False for a run that is no fork."""
    state = find_origin(directory)
    if state is not None:
        assembly.trainer.take_over(state)
    return state is not None
