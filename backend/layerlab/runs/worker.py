"""The worker's work: build the run that it is told to train, or say why it cannot, then train it to its end."""

import logging
from concurrent.futures import Future
from pathlib import Path

import torch
from layerlab_schemas.run import RunSpec

from layerlab.checking import result_of
from layerlab.errors import LayerlabError
from layerlab.runs import process
from layerlab.runs.account import Account
from layerlab.runs.changes_log import ChangesLog
from layerlab.runs.copying import Copier
from layerlab.runs.doctor import Doctor
from layerlab.runs.folders import THREADS
from layerlab.runs.inbox import Inbox
from layerlab.runs.meter import Meter
from layerlab.runs.refusing import accept, in_words, refuse
from layerlab.runs.reporter import Reporter
from layerlab.runs.same_data import check_data
from layerlab.runs.saving import BUDGET, Saver, find_origin, find_start
from layerlab.runs.session import Session
from layerlab.runs.telemetry import Telemetry
from layerlab.runs.warm import limber
from layerlab.runs.wire import Channel, Message, Outlet
from layerlab.training.assemble import Assembly, assemble
from layerlab.training.inspection import examine

log = logging.getLogger(__name__)


def work(channel: Channel, inbox: Inbox, *, threads: int, memory_bytes: int) -> None:
    """One run, from ``start`` to ``ended``."""
    inbox.accept_termination()
    start, ready = inbox.take(None), None
    if start is not None and start["type"] == "limber":
        limber(RunSpec.model_validate(start["spec"]), start["probes"])
        channel.send(accept(start))
        start = inbox.take(None)
    if start is not None and start["type"] == "prepare":
        ready = prepare(start, channel, memory_bytes=memory_bytes)
        start = inbox.take(None) if ready else None
    if start is None or start["type"] != "start":
        return
    try:
        assembly = ready.result() if ready else None
        session = build(start, channel, inbox, threads=threads, memory_bytes=memory_bytes, assembly=assembly)
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


def prepare(request: Message, channel: Outlet, *, memory_bytes: int) -> "Future[Assembly] | None":
    """Answer with the check of a spec, then build it, while the server stores the run; what fails, fails at the start.

    None where there will be no start.
    """
    ready: Future[Assembly] = Future()
    spec = RunSpec.model_validate(request["spec"])
    limit_memory(spec, memory_bytes)
    try:
        found = examine(spec)
        result = result_of(found)
    except Exception as error:
        if not isinstance(error, LayerlabError):
            log.exception("A spec could not be checked")
        channel.send(refuse(request, error))
        return None
    channel.send(accept(request, result.model_dump(mode="json")))
    if not result.ok:
        return None
    try:
        ready.set_result(assemble(spec, found))
    except Exception as error:
        ready.set_exception(error)
    return ready


def limit_memory(spec: RunSpec, memory_bytes: int) -> None:
    """From here on what wants more fails, and nobody else with it."""
    if spec.training.device == "cpu" or not process.has_gpu_driver():
        process.set_limits(memory_bytes)  # CUDA reserves more addresses than any machine has memory


def build(
    start: Message,
    channel: Outlet,
    inbox: Inbox,
    *,
    threads: int,
    memory_bytes: int,
    assembly: Assembly | None = None,
) -> Session:
    """The run that ``start`` asks for, at the state from which it goes on.

    Args:
        start: The message.
        channel: To the server.
        inbox: Commands.
        threads: Cores that it may use.
        memory_bytes: Memory that it may use.
        assembly: The run, where it was prepared.

    Raises:
        SpecError: It cannot be trained.
        OtherData: Its data are not those that it started with.
        DamagedCheckpoint: There are checkpoints to go on from, and none is whole.
    """
    directory, recorded_step = Path(start["directory"]), start["recorded_step"] or 0
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if assembly is None:
        spec = RunSpec.model_validate(start["spec"])
        limit_memory(spec, memory_bytes)
        assembly = assemble(spec)
    check_data(assembly.data, directory)
    torch.set_num_threads(_num_threads(assembly, directory, threads))
    is_resumed = start["resume"] and _load(assembly, directory, recorded_step)
    is_fork = not is_resumed and _load_origin(assembly, directory)
    meter, reporter = Meter(), Reporter(channel, recorded_step=recorded_step)
    account = Account(
        assembly,
        reporter=reporter,
        saver=Saver(directory, assembly.trainer, budget=start.get("checkpoint_bytes", BUDGET)),
        meter=meter,
        recorded_step=recorded_step,
    )
    telemetry = Telemetry(assembly, run=start["run"], deliver=reporter.frames, meter=meter, has_room=channel.has_room)
    if (watched := start.get("watch")) is not None:
        telemetry.watch(watched["probes"], watched["sample"])
    doctor = Doctor(assembly, tell=account.tell_event, file=directory / "diagnoses.json", measured=meter.measured)
    doctor.load()
    return Session(
        assembly,
        inbox=inbox,
        account=account,
        telemetry=telemetry,
        doctor=doctor,
        changes=ChangesLog(directory),
        copier=Copier(directory, assembly.trainer),
        is_fresh=not (is_resumed or is_fork),
        is_fork=is_fork,
    )


def _num_threads(assembly: Assembly, directory: Path, num_cores: int) -> int:
    """Threads of this run: chosen when it first starts and then kept, for another number changes the last bits."""
    file = directory / THREADS
    if not file.exists():
        file.write_text(str(assembly.num_threads(num_cores)))
    return int(file.read_text())


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
