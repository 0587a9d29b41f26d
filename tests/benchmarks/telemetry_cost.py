"""What watching costs a run: ``python -m tests.benchmarks.telemetry_cost``. Prints, asserts nothing.

Whole sessions as a worker has them, each in a thread of its own, one of which trains at a time: without probes and
doctor, with nobody watching, and with what the page's first screen asks for. Messages go through a real socket to a
process that reads them. Slices are interleaved; the figure of a slice is steps per second of processor time, so that
other programs on the machine disturb it little, and the ratio is to the slice without probes of the same round.
"""

import argparse
import signal
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from layerlab.runs.doctor import Doctor
from layerlab.runs.inbox import Inbox
from layerlab.runs.session import Session
from layerlab.runs.telemetry import Telemetry
from layerlab.runs.wire import Channel
from layerlab.runs.worker import build
from layerlab_schemas.run import RunSpec, RunState

from tests.benchmarks.specs import FIRST_SCREEN, RUNS, endless, machine

BARE, ALONE, WATCHED, TENSORBOARD = "no probes", "no viewer", "first screen", "TensorBoard"


@dataclass
class Case:
    """One run in its thread, at rest unless it is let go."""

    name: str
    session: Session
    inbox: Inbox
    end: socket.socket
    reader: subprocess.Popen[bytes]
    thread: threading.Thread
    rates: list[float] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)

    @property
    def step(self) -> int:
        return self.session._trainer.step

    def slice(self, seconds: float) -> None:
        """Train for a while and note the rate, without what happens at the ends of the slice."""
        self.inbox.put({"type": "resume", "id": 1})
        begun = self.step
        while self.step == begun:
            time.sleep(0.01)
        time.sleep(0.1)
        step, cost = self.step, time.process_time()
        tally = self.session._account._meter._tally
        time.sleep(seconds)
        while self.session._account._meter._tally.seconds == tally.seconds:
            time.sleep(0.01)
        steps, cost = self.step - step, time.process_time() - cost
        after = self.session._account._meter._tally
        self.rates.append(steps / cost)
        self.shares.append((after.seconds_telemetry - tally.seconds_telemetry) / (after.seconds - tally.seconds))
        self.inbox.put({"type": "pause", "id": 2})
        while self.session._account.status is not RunState.PAUSED:
            time.sleep(0.01)
        time.sleep(0.1)

    def close(self) -> None:
        self.inbox.put({"type": "terminate"})
        self.thread.join()
        self.end.close()
        self.reader.wait()


class Silent(Telemetry):
    """Measures nothing: what a run would be without probes."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._probes = {}
        self._cadence.probes = ()
        self._next_look = float("inf")

    def note(self, report: Any) -> None:
        """Nothing is kept for probes either."""


class NoDoctor(Doctor):
    """Looks at nothing."""

    def note(self, report: Any) -> None:
        """Nothing."""

    def after_step(self, now: float) -> None:
        """Nothing."""

    def look(self) -> None:
        """Nothing."""


class Boarded(Silent):
    """TensorBoard's histograms of weights, gradients and activations, ten times a second."""

    writer: Any = None
    _next = 0.0
    _wanted = False

    def around_step(self, now: float, **_: Any) -> Any:
        self._wanted = now >= self._next
        self._due = []
        return self._record() if self._wanted else nullcontext()

    def after_step(self, *, free: bool) -> None:
        if not self._wanted or self._batch is None:
            return
        self._next = time.perf_counter() + 0.1
        network, step = self._assembly.network, self._assembly.trainer.step
        for name, weight in network.named_parameters():
            self.writer.add_histogram(name, weight, step)
            if weight.grad is not None:
                self.writer.add_histogram(f"{name}.grad", weight.grad, step)
        for node, output in self._batch.outputs.items():
            self.writer.add_histogram(f"{node}.output", output, step)


@contextmanager
def replaced(name: str, kind: type) -> Iterator[None]:
    """Lets ``build`` make another kind of telemetry or doctor."""
    from layerlab.runs import worker

    before = getattr(worker, name)
    setattr(worker, name, kind)
    try:
        yield
    finally:
        setattr(worker, name, before)


def make(name: str, run: str, folder: Path, *, threads: int) -> Case:
    """A paused run of this case."""
    ours, theirs = socket.socketpair()
    reader = subprocess.Popen(["cat"], stdin=theirs, stdout=subprocess.DEVNULL)
    theirs.close()
    inbox = Inbox()
    if name == WATCHED:
        inbox.put({"type": "watch", "probes": list(FIRST_SCREEN[run]), "sample": 0})
    spec = RunSpec.model_validate(endless(RUNS[run])).model_dump(mode="json")
    start = {"type": "start", "id": 0, "run": "r", "directory": str(folder / name), "spec": spec, "resume": False}
    made: list[Session] = []
    telemetry = {BARE: Silent, TENSORBOARD: Boarded}.get(name, Telemetry)
    doctor = NoDoctor if name in (BARE, TENSORBOARD) else Doctor

    def live() -> None:
        torch.set_flush_denormal(True)
        with replaced("Telemetry", telemetry), replaced("Doctor", doctor):
            channel = Channel(ours)
            made.append(build(start | {"recorded_step": 0}, channel, inbox, threads=threads, memory_bytes=0))
        if name == TENSORBOARD:
            from torch.utils.tensorboard import SummaryWriter

            made[0]._telemetry.writer = SummaryWriter(str(folder / "board"))  # type: ignore[attr-defined]
        made[0].run(paused=True)

    thread = threading.Thread(target=live, daemon=True)
    thread.start()
    while not made or not made[0]._is_resting:
        if not thread.is_alive():
            raise SystemExit(f"{name} could not be built")
        time.sleep(0.01)
    time.sleep(0.2)
    return Case(name, made[0], inbox, ours, reader, thread)


def has_tensorboard() -> bool:
    """Whether it is installed."""
    try:
        import tensorboard  # noqa: F401
    except ImportError:
        return False
    return True


def measure(run: str, *, rounds: int, seconds: float, threads: int, note: Callable[[str], None]) -> None:
    """One run in all cases."""
    names = [BARE, ALONE, WATCHED, *([TENSORBOARD] if has_tensorboard() else [])]
    with tempfile.TemporaryDirectory() as folder:
        cases = [make(name, run, Path(folder), threads=threads) for name in names]
        for case in cases:
            case.slice(1.0)
            case.rates.clear()
            case.shares.clear()
        for turn in range(rounds):
            for case in cases[turn % len(cases) :] + cases[: turn % len(cases)]:
                case.slice(seconds)
        note(f"\n{run:14} steps/s   ratio (of each round: lowest, highest)   telemetry by its own account")
        for case in cases:
            ratios = [one / bare for one, bare in zip(case.rates, cases[0].rates, strict=True)]
            note(
                f"{case.name:14} {statistics.median(case.rates):7.0f}   {statistics.median(ratios):5.3f}"
                f" ({min(ratios):.3f}, {max(ratios):.3f})   {statistics.median(case.shares):7.3f}"
            )
        for case in cases:
            case.close()
    if TENSORBOARD not in names:
        note("TensorBoard is not installed: left out")


def main() -> None:
    """Prints a table for each run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="Slices of each case.")
    parser.add_argument("--seconds", type=float, default=3.0, help="Length of a slice.")
    parser.add_argument("--threads", type=int, default=1, help="Threads of PyTorch.")
    parser.add_argument("--run", choices=[*RUNS], action="append", help="Only this run.")
    given = parser.parse_args()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    print(f"{machine()}; at most {given.threads} threads; {given.rounds} slices of {given.seconds} s", flush=True)
    for run in given.run or RUNS:
        measure(run, rounds=given.rounds, seconds=given.seconds, threads=given.threads, note=print)


if __name__ == "__main__":
    main()
