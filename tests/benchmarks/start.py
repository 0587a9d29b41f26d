"""How long a start takes: of the server, and of a run. ``python -m tests.benchmarks.start``."""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from tests.serving import Server, serve

DIGITS = {
    "data": {"dataset": "digits"},
    "graph": [{"kind": "flatten"}, {"kind": "linear", "out_features": 32}, {"kind": "linear", "out_features": 10}],
    "training": {"epochs": None, "max_steps": 20},
}


def seconds_to_first_point(server: Server) -> float:
    """From the request to the first point that REST gives."""
    start = time.perf_counter()
    run = server.call("/api/runs", DIGITS)["id"]
    while not server.curve(run, "train/loss")[0]:
        time.sleep(0.002)
    return time.perf_counter() - start


def seconds_to_ready(server: Server, start: float) -> float:
    """Until the server says that it has a warm process for runs."""
    while not server.call("/api/health")["ready"]:
        time.sleep(0.005)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    links, readies, points = [], [], []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            server = serve(Path(folder))
            links.append(time.perf_counter() - start)
            readies.append(seconds_to_ready(server, start))
            points += [seconds_to_first_point(server) for _ in range(3)]
            server.stop()
    for name, values in {"link printed": links, "ready for runs": readies, "first point": points}.items():
        print(f"{name:16} median {statistics.median(values):.3f} s, worst {max(values):.3f} s, of {len(values)}")


if __name__ == "__main__":
    main()
