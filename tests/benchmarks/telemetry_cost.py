"""What watching costs a run: ``python -m tests.benchmarks.telemetry_cost``. Prints, asserts nothing.

Whole sessions as a worker has them, each in a process of its own. They train in turns: without probes and doctor, with
nobody watching, and with what the page's first screen asks for. Messages go through a real socket to a process that
reads them. Speed is told in steps per second of the thread's processor time, so that other programs on the machine
disturb it little. Each case has several processes, because where its objects happen to lie in memory changes the speed
of a tiny network by as much as is to be measured; the standard error is that of the ratio of their means. What a run
may spend beyond its budget at its beginning is taken from each first.
"""

import argparse
import gc
import random
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from math import hypot
from multiprocessing import Pipe, Process, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import torch
from layerlab.runs.doctor import Doctor
from layerlab.runs.inbox import Inbox
from layerlab.runs.session import Session
from layerlab.runs.telemetry import Telemetry
from layerlab.runs.wire import Channel
from layerlab.runs.worker import build
from layerlab.training.report import Report
from layerlab_schemas.run import RunSpec

from tests.benchmarks.specs import FIRST_SCREEN, RUNS, endless, machine

BARE, ALONE, WATCHED, TENSORBOARD = "no probes", "no viewer", "first screen", "TensorBoard"


@dataclass
class Case:
    """One run, which trains in its slices alone."""

    name: str
    session: Session
    steps: Iterator[Report]
    end: socket.socket
    reader: subprocess.Popen[bytes]

    def slice(self, seconds: float) -> float:
        """Train for so much processor time; returns the rate."""
        session = self.session
        session._telemetry.rest()
        session._doctor._worked = time.thread_time()
        began, first = time.thread_time(), session._trainer.step
        while time.thread_time() < began + seconds:
            session._attend()
            session._advance(self.steps)
        rate = (session._trainer.step - first) / (time.thread_time() - began)
        session._account.rest()
        return rate

    def spend_welcome(self) -> None:
        """From now on it has its budget alone."""
        self.session._doctor._credit = 0.0
        for purse in self.session._telemetry._cadence._purses.values():
            purse.seconds = 0.0

    def close(self) -> None:
        self.end.close()
        self.reader.wait()


class Silent(Telemetry):
    """Measures nothing: what a run would be without probes."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._probes = {}
        self._cadence.probes = ()
        self._next_look = float("inf")

    def _take(self, entries: Any) -> None:
        """Nothing is kept for probes either."""


class NoDoctor(Doctor):
    """Looks at nothing."""

    def _take(self, entries: Any) -> None:
        """Nothing."""

    def after_step(self, now: float) -> None:
        """Nothing."""

    def look(self) -> None:
        """Nothing."""

    def look_at_start(self, *, later: bool) -> None:
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
    from layerlab.runs import building

    before = getattr(building, name)
    setattr(building, name, kind)
    try:
        yield
    finally:
        setattr(building, name, before)


def make(name: str, run: str, folder: Path, *, threads: int) -> Case:
    """A run of this case, at step 0."""
    ours, theirs = socket.socketpair()
    reader = subprocess.Popen(["cat"], stdin=theirs, stdout=subprocess.DEVNULL)
    theirs.close()
    inbox = Inbox()
    if name == WATCHED:
        inbox.put({"type": "watch", "probes": list(FIRST_SCREEN[run]), "sample": 0, "in_crowd": False})
    spec = RunSpec.model_validate(endless(RUNS[run])).model_dump(mode="json")
    order = {"type": "start", "id": 0, "run": "r", "directory": str(folder / name), "spec": spec, "resume": False}
    telemetry = {BARE: Silent, TENSORBOARD: Boarded}.get(name, Telemetry)
    doctor = NoDoctor if name in (BARE, TENSORBOARD) else Doctor
    with replaced("Telemetry", telemetry), replaced("Doctor", doctor):
        session = build(order | {"recorded_step": 0}, Channel(ours), inbox, threads=threads, memory_bytes=0)
    if name == TENSORBOARD:
        from torch.utils.tensorboard import SummaryWriter

        session._telemetry.writer = SummaryWriter(str(folder / "board"))  # type: ignore[attr-defined]
    steps = session._trainer.steps()
    session._open(steps, paused=False)
    return Case(name, session, steps, ours, reader)


def has_tensorboard() -> bool:
    """Whether it is installed."""
    try:
        import tensorboard  # noqa: F401
    except ImportError:
        return False
    return True


def train(ours: Connection, name: str, run: str, folder: Path, *, place: int, threads: int, warm_up: float) -> None:
    """In a process of its own: a run that trains so many seconds whenever it is asked to, and tells its rate."""
    torch.set_num_threads(threads)
    case = make(name, run, folder / str(place), threads=threads)
    case.spend_welcome()
    case.slice(warm_up)
    gc.collect()
    ours.send(None)
    while seconds := ours.recv():
        ours.send(case.slice(seconds))
    case.close()


@dataclass
class Trainee:
    """A process with a run that trains in its turns alone."""

    name: str
    process: Process
    end: Connection
    rates: list[float] = field(default_factory=list)

    def slice(self, seconds: float) -> None:
        """Let it train for so much processor time and note the rate."""
        self.end.send(seconds)
        self.rates.append(self.end.recv())

    def close(self) -> None:
        """End it."""
        self.end.send(0.0)
        self.process.join()


def start(name: str, run: str, folder: Path, *, place: int, threads: int, warm_up: float) -> Trainee:
    """Returns when it is warm."""
    theirs, ours = Pipe()
    kept = {"place": place, "threads": threads, "warm_up": warm_up}
    process = get_context("fork").Process(target=train, args=(ours, name, run, folder), kwargs=kept)
    process.start()
    theirs.recv()
    return Trainee(name, process, theirs)


def relative_error(rates: list[float]) -> float:
    """The standard error of their mean, as a share of it; not a number where there is one alone."""
    return stdev(rates) / len(rates) ** 0.5 / fmean(rates) if len(rates) > 1 else float("nan")


def measure(
    run: str,
    *,
    rounds: int,
    seconds: float,
    warm_up: float,
    threads: int,
    processes: int,
    note: Callable[[str], None],
) -> None:
    """One run in all cases."""
    names = [BARE, ALONE, WATCHED, *([TENSORBOARD] if has_tensorboard() else [])]
    with tempfile.TemporaryDirectory() as folder:
        trainees = [
            start(name, run, Path(folder), place=place, threads=threads, warm_up=warm_up)
            for place, name in enumerate(names * processes)
        ]
        for _ in range(rounds):
            for trainee in random.sample(trainees, len(trainees)):
                trainee.slice(seconds)
        note(f"\n{run:14} steps/s   ratio ± standard error (of each process: lowest, highest)")
        # Means and not medians: a look that comes once in a second is in some slices alone.
        rates = {name: [fmean(one.rates) for one in trainees if one.name == name] for name in names}
        bare = fmean(rates[BARE])
        for name, found in rates.items():
            ratio = fmean(found) / bare
            error = 0.0 if name == BARE else ratio * hypot(relative_error(found), relative_error(rates[BARE]))
            note(
                f"{name:14} {fmean(found):7.0f}   {ratio:5.3f} ± {error:.3f}"
                f" ({min(found) / bare:.3f}, {max(found) / bare:.3f})"
            )
        for trainee in trainees:
            trainee.close()
    if TENSORBOARD not in names:
        note("TensorBoard is not installed: left out")


def main() -> None:
    """Prints a table for each run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="Slices of each process.")
    parser.add_argument("--seconds", type=float, default=1.5, help="Length of a slice.")
    parser.add_argument("--processes", type=int, default=6, help="Of each case.")
    parser.add_argument("--warm-up", type=float, default=4.0, help="Processor seconds before the first slice.")
    parser.add_argument("--threads", type=int, default=1, help="Threads of PyTorch.")
    parser.add_argument("--run", choices=[*RUNS], action="append", help="Only this run.")
    given = parser.parse_args()
    torch.set_flush_denormal(True)
    gc.freeze()  # as the process that workers are forked from does it
    print(
        f"{machine()}; at most {given.threads} threads; {given.processes} processes of each"
        f" case with {given.rounds} slices of {given.seconds} s",
        flush=True,
    )
    for run in given.run or RUNS:
        measure(
            run,
            rounds=given.rounds,
            seconds=given.seconds,
            warm_up=given.warm_up,
            threads=given.threads,
            processes=given.processes,
            note=print,
        )


if __name__ == "__main__":
    main()
