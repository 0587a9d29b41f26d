"""A session with all that it needs: books, checkpoints, pictures, doctor."""

from pathlib import Path
from typing import TypeVar

from layerlab_schemas.run import RunSpec

from layerlab import shelf
from layerlab.runs import process
from layerlab.runs.account import Account
from layerlab.runs.changes_log import ChangesLog
from layerlab.runs.compiling import Compiling
from layerlab.runs.copying import Copier
from layerlab.runs.doctor import Doctor
from layerlab.runs.folders import THREADS
from layerlab.runs.inbox import Inbox
from layerlab.runs.meter import Meter
from layerlab.runs.reporter import Reporter
from layerlab.runs.saving import BUDGET, Saver
from layerlab.runs.session import Session
from layerlab.runs.telemetry import Telemetry
from layerlab.runs.wire import Message, Outlet
from layerlab.training.assemble import Assembly
from layerlab.training.logbook import Logbook

S = TypeVar("S", bound=Session)


def session_of(
    assembly: Assembly,
    start: Message,
    channel: Outlet,
    inbox: Inbox,
    *,
    is_fresh: bool,
    is_fork: bool,
    kind: type[S],
    share: float = 1.0,
) -> S:
    """The session of the run that ``start`` asks for; ``share`` is its part of what measuring may take of the time."""
    directory, recorded_step = Path(start["directory"]), start["recorded_step"] or 0
    meter, logbook = Meter(), Logbook()
    reporter = Reporter(channel, logbook=logbook, recorded_step=recorded_step)
    account = Account(
        assembly,
        reporter=reporter,
        saver=Saver(directory, assembly.trainer, budget=start.get("checkpoint_bytes", BUDGET)),
        meter=meter,
        recorded_step=recorded_step,
    )
    telemetry = Telemetry(
        assembly,
        run=start["run"],
        logbook=logbook,
        deliver=account.deliver,
        meter=meter,
        has_room=channel.has_room,
        share=share,
    )
    file = directory / "diagnoses.json"
    doctor = Doctor(
        assembly,
        logbook=logbook,
        tell=account.tell_event,
        file=file,
        measured=meter.measured,
        examined=account.examined,
        share=share,
    )
    doctor.load()
    if (watched := start.get("watch")) is not None:
        telemetry.watch(watched["probes"], watched["sample"])
        doctor.watch(is_watched=bool(watched["probes"]))
        account.crowd(watched["in_crowd"])
    compiling = Compiling(assembly, tell=account.happened, folder=shelf.packages_dir())
    return kind(
        assembly,
        inbox=inbox,
        account=account,
        logbook=logbook,
        telemetry=telemetry,
        doctor=doctor,
        compiling=compiling,
        changes=ChangesLog(directory),
        copier=Copier(directory, assembly.trainer),
        is_fresh=is_fresh,
        is_fork=is_fork,
    )


def kept_threads(assembly: Assembly, directory: Path, num_cores: int) -> int:
    """Threads of this run: chosen when it first starts and then kept, for another number changes the last bits."""
    file = directory / THREADS
    if not file.exists():
        file.write_text(str(assembly.num_threads(num_cores)))
    return int(file.read_text())


def limit_memory(spec: RunSpec, memory_bytes: int) -> None:
    """From here on what wants more fails, and nobody else with it."""
    if spec.training.device == "cpu" or not process.has_gpu_driver():
        process.set_limits(memory_bytes)  # CUDA reserves more addresses than any machine has memory
