"""The analyst's work: keep a copy of one run at a step, and compute what is asked about it."""

import logging
import os
from pathlib import Path
from time import perf_counter
from typing import Any

import torch
from layerlab_schemas.frames import Frame
from layerlab_schemas.run import RunSpec

from layerlab.analyses import REGISTRY
from layerlab.analyses.base import AnalysisContext, AnalysisKind, Cancelled
from layerlab.errors import LayerlabError
from layerlab.registry import read_params
from layerlab.runs import process
from layerlab.runs.encode import pack_frame
from layerlab.runs.inbox import Inbox
from layerlab.runs.refusing import accept, refuse
from layerlab.runs.same_data import compare_data
from layerlab.runs.snapshots import kept
from layerlab.runs.wire import Channel, Message
from layerlab.training import checkpoint
from layerlab.training.assemble import Assembly, assemble
from layerlab.training.checkpoint import DamagedCheckpoint
from layerlab.training.state import State

log = logging.getLogger(__name__)

#: Below all that trains.
_NICE = 10
_SHARE_SECONDS = 0.1


class StateGone(LayerlabError):
    """The state that was meant has been thinned out meanwhile."""

    code = "state_gone"


def analyse_runs(channel: Channel, inbox: Inbox, *, threads: int, memory_bytes: int) -> None:
    """Answer questions about one run until the server hangs up."""
    os.nice(_NICE)
    torch.set_num_threads(1)
    opened = inbox.take(None)
    assert opened is not None
    assert opened["type"] == "open"
    spec = RunSpec.model_validate(opened["spec"])
    if spec.training.device == "cpu" or not process.has_gpu_driver():
        process.set_limits(memory_bytes)
    directory, is_fork = Path(opened["directory"]), opened["is_fork"]
    desk = Desk(channel, inbox, run=opened["run"], directory=directory, spec=spec, is_fork=is_fork)
    while True:
        desk.answer_next()


class Desk:
    """One run on the desk. What an analysis does to the copy is undone before the next one begins."""

    def __init__(
        self, channel: Channel, inbox: Inbox, *, run: str, directory: Path, spec: RunSpec, is_fork: bool
    ) -> None:
        self._channel = channel
        self._inbox = inbox
        self._run = run
        self._directory = directory
        self._spec = spec
        self._is_fork = is_fork
        self._assembly: Assembly | None = None
        self._start: State | None = None
        self._loaded: tuple[str | None, int] | None = None
        self._state: State | None = None
        self._questions: list[Message] = []
        self._unwanted: set[int] = set()

    def answer_next(self) -> None:
        """Wait for a question and answer it."""
        while not self._questions:
            self._hear(None)
        question = self._questions.pop(0)
        try:
            reply = accept(question, self._answer(question))
        except Exception as error:
            if not isinstance(error, LayerlabError):
                log.exception("The analysis %s of run %s failed", question["kind"], self._run)
            reply = refuse(question, error)
        self._unwanted.discard(question["id"])
        self._channel.send(reply)

    def _hear(self, seconds: float | None) -> bool:
        """Take in one message; False where none came in time."""
        message = self._inbox.take(seconds)
        if message is None:
            return False
        if message["type"] == "cancel":
            self._unwanted.add(message["question"])
        else:
            self._questions.append(message)
        return True

    def _answer(self, question: Message) -> dict[str, Any]:
        kind = REGISTRY.get(question["kind"])
        params = read_params(kind, question["params"], path="params")
        assembly, state = self._at(question["path"], question["stamp"])
        context = AnalysisContext(
            run=self._run,
            step=state.step,
            assembly=assembly,
            sample=question["sample"] or 0,
            start=None if self._is_fork else self._start,
            checkpoints=tuple(kept(self._directory)),
            progress=self._progress_of(question["id"]),
            threads=_threads_of(self._directory),
        )
        frame = _stamped(kind.analyse(context, params), kind, question)
        return {"step": frame.step, "body": pack_frame(frame)}

    def _at(self, path: str | None, stamp: int) -> tuple[Assembly, State]:
        """The run with the state in ``path``; with that of step 0 where there is no path.

        Raises:
            OtherData: Its files hold other samples by now.
        """
        if self._assembly is None:
            assembly = assemble(self._spec)
            compare_data(assembly.data, self._directory)
            self._assembly, self._start = assembly, assembly.trainer.state()
        if self._state is None or self._loaded != (path, stamp):
            self._state = self._start if path is None else _load(Path(path))
            self._loaded = (path, stamp)
        assert self._state is not None
        self._assembly.trainer.load_state(self._state)
        self._assembly.network.train()
        self._assembly.network.zero_grad(set_to_none=True)
        self._assembly.network.requires_grad_(True)
        return self._assembly, self._state

    def _progress_of(self, question: int) -> Any:
        told_at = float("-inf")

        def progress(share: float) -> None:
            nonlocal told_at
            while self._hear(0):
                pass
            if question in self._unwanted:
                raise Cancelled("It was cancelled.")
            if (now := perf_counter()) - told_at >= _SHARE_SECONDS:
                told_at = now
                self._channel.send({"type": "share", "id": question, "share": min(max(share, 0.0), 1.0)})

        return progress


def _threads_of(directory: Path) -> int:
    """With how many the run trains; a worker writes it down when it first starts."""
    file = directory / "threads"
    return int(file.read_text()) if file.exists() else 1


def _load(path: Path) -> State:
    try:
        return checkpoint.load(path)
    except DamagedCheckpoint as error:
        if path.exists():
            raise
        raise StateGone("The state of that step is no longer kept.", hint="Ask again.") from error


def _stamped(frame: Frame, kind: AnalysisKind[Any], question: Message) -> Frame:
    """With the fields that made it, so that whoever finds it later knows."""
    assert frame.probe == kind.kind
    return frame.model_copy(update={"params": question["params"]})
