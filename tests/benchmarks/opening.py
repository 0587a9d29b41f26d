"""What it takes to open a long run: ``python -m tests.benchmarks.opening``. Prints, asserts nothing.

A store with one ended run of a million points in three curves, behind a real server. The page opens it by the record
over REST and a snapshot over the socket, whose curves are thinned, and asks for more points where it zooms in; a script
may ask for thinned or whole curves.
"""

import argparse
import json
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from layerlab.store import curves
from layerlab.store.curves import OpenCurve
from layerlab.store.database import writing_engine
from websockets.sync.client import connect

from tests.benchmarks.specs import TINY, machine
from tests.benchmarks.viewers import seconds_of
from tests.serving import Server, serve

NAMES = ("train/loss", "train/accuracy", "optimizer/lr")


def fill(folder: Path, run: str, num_points: int) -> None:
    """Gives the run its curves, as the journal would have written them."""
    steps = list(range(1, num_points // len(NAMES) + 1))
    chance = np.random.default_rng(0)
    with writing_engine(folder / "layerlab.db").begin() as connection:
        for name in NAMES:
            values = np.exp(-np.linspace(0, 5, len(steps))) + 0.1 * chance.random(len(steps))
            _, _, changed = OpenCurve(name, number=1, last_step=10).append(steps, values.tolist())
            curves.write(connection, run, changed)


def ended_run(server: Server) -> str:
    """A real one, of ten steps."""
    run = str(server.call("/api/runs", TINY | {"training": {"epochs": None, "max_steps": 10}})["id"])
    server.wait_for(run, "completed")
    return run


def asked(server: Server, path: str) -> bytes:
    """The body of an answer."""
    token = (server.data_dir / "token").read_text("ascii").strip()
    request = urllib.request.Request(server.url + path, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        body: bytes = answer.read()
    return body


def snapshot(server: Server, run: str) -> bytes:
    """What the socket sends first to a page that opens the run."""
    token = (server.data_dir / "token").read_text("ascii").strip()
    url, headers = server.url.replace("http", "ws") + "/api/stream", {"Authorization": f"Bearer {token}"}
    with connect(url, additional_headers=headers, compression=None, proxy=None, max_size=None) as socket:
        socket.recv()
        socket.send(json.dumps({"type": "subscribe", "run": run, "probes": [], "from_seq": None}))
        text = socket.recv()
        assert isinstance(text, str)
        return text.encode()


def points(body: bytes) -> list[int]:
    """Of each curve in an answer."""
    series: dict[str, Any] = json.loads(body).get("scalars", {})
    return [len(one["steps"]) for one in series.values()]


def show(name: str, ask: Callable[[], bytes], repeats: int, server: Server) -> None:
    """Times of one way of asking."""
    times, body, worked = [], b"", seconds_of(server.process.pid)
    for _ in range(repeats):
        start = time.perf_counter()
        body = ask()
        times.append(1000 * (time.perf_counter() - start))
    worked = 1000 * (seconds_of(server.process.pid) - worked) / repeats
    counts = f"{max(points(body))} points a curve, {sum(points(body))} in all" if points(body) else ""
    print(
        f"{name:34} first {times[0]:7.1f} ms, median {statistics.median(times):7.1f}, best {min(times):7.1f}, "
        f"processor {worked:6.1f}; "
        f"{len(body) / 1000:8.1f} kB; {counts}",
        flush=True,
    )


def main() -> None:
    """Prints a line for each way of asking."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=7)
    given = parser.parse_args()
    print(f"{machine()}; {given.points} points in {len(NAMES)} curves", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        server = serve(Path(folder))
        try:
            run = ended_run(server)
            fill(Path(folder), run, given.points)
            show("the run's record", lambda: asked(server, f"/api/runs/{run}"), given.repeats, server)
            show("snapshot over the socket", lambda: snapshot(server, run), given.repeats, server)
            thinned = f"/api/runs/{run}/scalars?max_points=2000"
            show("curves over REST, 2 000 points", lambda: asked(server, thinned), given.repeats, server)
            near = f"{thinned}&names=train/loss,val/loss&from_step=100000&to_step=101000"
            show("1 000 steps within, over REST", lambda: asked(server, near), given.repeats, server)
            whole = f"/api/runs/{run}/scalars"
            show("curves over REST, whole", lambda: asked(server, whole), min(2, given.repeats), server)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
