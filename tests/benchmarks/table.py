"""The whole table of speeds, one script after the other: ``python -m tests.benchmarks``. Prints, asserts nothing.

Each script runs in a process of its own, so that none disturbs the next; one that is not there, or that lacks what it
compares with, is named and passed over. Ratios are of one run; times are true of this machine on this day.
"""

import argparse
import importlib.util
import subprocess
import sys
from datetime import UTC, datetime

from tests.benchmarks.specs import machine

#: Script, what it tells, and flags for a quick round.
SCRIPTS = (
    ("engines", "steps a second: tiny nets against TensorFlow Playground and eager PyTorch, LeNet-5, ConvNetJS", ()),
    ("gpu", "small CNN and MLP, batch 64: against a plain eager loop on the same GPU", ("--repeats", "3")),
    ("lockstep", "variants trained together against one after another", ()),
    ("telemetry_cost", "a run that is watched, and one that nobody watches, against the same without probes",
     ("--rounds", "5", "--seconds", "1")),
    ("start", "from the start to the first point", ("--repeats", "1")),
    ("hand_time", "from the click to the first trained picture", ()),
    ("page_frames", "animation frames of a page with live charts", ()),
    ("viewers", "many viewers of one run", ("--viewers", "100", "--seconds", "6")),
    ("opening", "opening a run with a million points", ("--repeats", "3")),
    ("check_time", "the check of a graph", ()),
    ("data_time", "what augmentation and streaming cost a step", ("--steps", "10")),
    ("import_memory", "memory that files of the user's own take, read and trained on", ("--share", "0.05")),
)  # fmt: skip


def is_there(script: str) -> bool:
    """Whether there is such a script."""
    return importlib.util.find_spec(f"tests.benchmarks.{script}") is not None


def main() -> None:
    """Runs them all, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scripts", nargs="*", help=f"Only these: {', '.join(name for name, _, _ in SCRIPTS)}.")
    parser.add_argument("--quick", action="store_true", help="Short rounds: to see that all of it runs.")
    given = parser.parse_args()
    known = [name for name, _, _ in SCRIPTS]
    if unknown := [name for name in given.scripts if name not in known]:
        parser.error(f"there is no script called {', '.join(unknown)}")
    print(f"{datetime.now(UTC):%Y-%m-%d}; {machine()}", flush=True)
    for name, told, quick in SCRIPTS:
        if given.scripts and name not in given.scripts:
            continue
        print(f"\n== {name}: {told}", flush=True)
        if not is_there(name):
            print("left out: there is no such script", flush=True)
            continue
        flags = quick if given.quick else ()
        done = subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}", *flags], check=False)
        if done.returncode:
            print(f"it ended with {done.returncode}", flush=True)


if __name__ == "__main__":
    main()
