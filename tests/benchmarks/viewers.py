"""Many viewers of one run: ``python -m tests.benchmarks.viewers``. Prints, asserts nothing.

A real server trains a small convolutional net whose filters are a frame of 20 kB, ten times a second, beside all
scalars. Viewers are bare websockets in other processes of the same machine, a part of them frozen: they say what they
want and never read. Server, training and viewers share the cores, so the speed of training is told twice: in steps per
second of wall time, which the viewers' own work slows down too, and per second of the worker's processor time. Each
time against nobody watching, before and after, and against a single viewer, for whom the same is measured.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.specs import endless, machine
from tests.serving import Server, serve

PROBE = "filters"
RUN: dict[str, Any] = {
    "data": {"dataset": "glyphs", "params": {"size": 28, "samples": 4000}, "batch_size": 64},
    "graph": [
        {"kind": "conv2d", "out_channels": 8, "kernel_size": 5},
        {"kind": "max_pool2d", "kernel_size": 2},
        {"kind": "conv2d", "out_channels": 24, "kernel_size": 5},
        {"kind": "max_pool2d", "kernel_size": 2},
        {"kind": "relu"},
        {"kind": "flatten"},
        {"kind": "linear", "out_features": 10},
    ],
    "optimizer": {"kind": "sgd", "lr": 0.001},
}


@dataclass
class Mark:
    """How far training is at a moment: wall time, steps, processor time of the worker and of the server."""

    time: float
    step: int
    worker: float
    server: float


def seconds_of(process: int) -> float:
    """Processor time of a process so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def below(process: int) -> list[int]:
    """All processes that came from this one."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found, waiting = [], [process]
    while waiting:
        children = [child for child, parent in parents.items() if parent == waiting[0]]
        waiting = [*waiting[1:], *children]
        found += children
    return found


def busiest(processes: list[int]) -> int:
    """The one that works most within two seconds."""
    before = {process: seconds_of(process) for process in processes}
    time.sleep(2)
    return max(processes, key=lambda process: seconds_of(process) - before[process])


def mark(server: Server, run: str, worker: int) -> Mark:
    """The present moment."""
    step = server.call(f"/api/runs/{run}")["step"]
    return Mark(time.monotonic(), step, seconds_of(worker), seconds_of(server.process.pid))


def span(server: Server, run: str, worker: int, seconds: float) -> tuple[Mark, Mark]:
    """So long from now on."""
    began = mark(server, run, worker)
    time.sleep(seconds)
    return began, mark(server, run, worker)


def memory(process: int) -> float:
    """Resident memory in megabytes."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def clients(server: Server, run: str, *, viewers: int, frozen: int, processes: int) -> list[subprocess.Popen[str]]:
    """The viewers, all connected."""
    token = (server.data_dir / "token").read_text("ascii").strip()
    port = server.url.rpartition(":")[2]
    found = []
    for place in range(processes):
        parts = [(count * (place + 1)) // processes - (count * place) // processes for count in (viewers, frozen)]
        command = [sys.executable, "-m", "tests.benchmarks.viewer_client", "--port", port, f"--token={token}"]
        command += ["--run", run, "--probes", PROBE, "--viewers", str(parts[0]), "--frozen", str(parts[1])]
        found.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
    for client in found:
        assert client.stdout is not None
        if client.stdout.readline().strip() != "ready":
            raise SystemExit("a client could not connect")
    return found


def heard(found: list[subprocess.Popen[str]]) -> list[dict[str, Any]]:
    """What the viewers saw; they leave."""
    return [json.loads(client.communicate("\n")[0]) for client in found]


def measure(server: Server, given: argparse.Namespace, viewers: int) -> None:
    """One run with so many viewers."""
    frozen = viewers // 10 if given.frozen is None else given.frozen
    run = server.call("/api/runs", endless(RUN))["id"]
    while server.call(f"/api/runs/{run}")["step"] < 20:
        time.sleep(0.05)
    worker = busiest(below(server.process.pid))
    spans, before = [span(server, run, worker, given.seconds / 2)], memory(server.process.pid)
    alone = clients(server, run, viewers=1, frozen=0, processes=1)
    spans.append(span(server, run, worker, given.seconds / 2))
    heard(alone)
    found = clients(server, run, viewers=viewers, frozen=frozen, processes=given.processes)
    spans.append(span(server, run, worker, given.seconds))
    after, seen = memory(server.process.pid), heard(found)
    time.sleep(1)
    spans.append(span(server, run, worker, given.seconds / 2))
    server.call(f"/api/runs/{run}/stop", method="POST")
    tell(viewers, frozen, spans, seen, after - before)


def tell(
    viewers: int, frozen: int, spans: list[tuple[Mark, Mark]], seen: list[dict[str, Any]], megabytes: float
) -> None:
    """The figures. The spans are those without viewers, with one, with all, and without again."""
    wall = [(b.step - a.step) / (b.time - a.time) for a, b in spans]
    worked = [(b.step - a.step) / (b.worker - a.worker) for a, b in spans]
    busy = [(b.server - a.server) / (b.time - a.time) for a, b in spans]
    frames = [count for one in seen for count in one["frames"]]
    seconds = statistics.mean(one["seconds"] for one in seen)
    size = statistics.mean(one["frame_bytes"] for one in seen)
    print(f"\n{viewers} viewers, {frozen} of them frozen, {seconds:.0f} s, frames of {size / 1000:.1f} kB")
    print(
        f"  scalars and events: {sum(one['texts'] for one in seen)} came, {sum(one['missing'] for one in seen)} "
        f"missing, {sum(one['lost'] for one in seen)} healthy viewers cut off"
    )
    print(
        f"  frames: {statistics.mean(frames) / seconds:.2f} a second for a viewer; against the one who got most "
        f"({max(frames)}): mean {statistics.mean(frames) / max(frames):.3f}, least {min(frames) / max(frames):.3f}"
    )
    for name in ("delays", "text_delays"):
        delays = sorted(delay for one in seen for delay in one[name])
        p50, p99 = (1000 * delays[int(share * (len(delays) - 1))] for share in (0.5, 0.99))
        print(f"  {'frames' if name == 'delays' else 'scalars'}: delay p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    for name, rates in (("wall", wall), ("the worker's processor", worked)):
        nobody, one, everybody = statistics.mean((rates[0], rates[3])), rates[1], rates[2]
        print(
            f"  training, steps a second of {name} time: {' | '.join(f'{rate:.1f}' for rate in rates)}: "
            f"{everybody / nobody:.3f} of nobody's, {everybody / one:.3f} of a single viewer's"
        )
    idle = statistics.mean((busy[0], busy[3]))
    sent = sum(frames) + sum(one["texts"] for one in seen)
    print(f"  the server's processor time for a message sent: {1e6 * (busy[2] - idle) * seconds / sent:.1f} µs")
    print(f"  the server: {' | '.join(f'{one:.2f}' for one in busy)} of a core, {megabytes:+.0f} MB", flush=True)


def main() -> None:
    """Prints the figures for each number of viewers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, nargs="+", default=[300, 1000])
    parser.add_argument("--frozen", type=int, default=None, help="Of them; a tenth where left out.")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--processes", type=int, default=1, help="Processes that the viewers are spread over.")
    given = parser.parse_args()
    print(f"{machine()}; the viewers share the cores with the server and the run", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        server = serve(Path(folder))
        try:
            while not server.call("/api/health")["ready"]:
                time.sleep(0.05)
            for viewers in given.viewers:
                measure(server, given, viewers)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
