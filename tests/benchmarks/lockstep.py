"""How much faster variants train in lockstep than one after another: ratios of variant-steps a second, in one run.

    python -m tests.benchmarks.lockstep [--variants 16] [--rounds 7]

Slices of both are interleaved, and the median of the ratios is told: only ratios mean something on a shared machine.
Both train the same specs and tell every step, with the trainer's own books but without a server.
"""

import argparse
from collections.abc import Callable, Iterator
from itertools import cycle
from statistics import median
from time import perf_counter
from typing import Any

import torch
from layerlab.training.assemble import assemble
from layerlab.training.lockstep.group import Group, assemble_group
from layerlab_schemas.run import RunSpec


def dense(*sizes: int) -> list[dict[str, Any]]:
    """Linear layers with tanh between them."""
    layers = [[{"kind": "linear", "out_features": size}, {"kind": "tanh"}] for size in sizes]
    return [node for pair in layers for node in pair][:-1]


CONV = [
    {"kind": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": 1},
    {"kind": "relu"},
    {"kind": "max_pool2d", "kernel_size": 2},
    {"kind": "flatten"},
    {"kind": "linear", "out_features": 10},
]
SGD = {"kind": "sgd", "momentum": 0.0}
ADAM = {"kind": "adam"}

#: Name, dataset, graph, batch size, optimizer.
CASES: list[tuple[str, str, list[dict[str, Any]], int, dict[str, Any]]] = [
    ("2-8-8-1 tanh, batch 10, SGD", "plane_regression", dense(8, 8, 1), 10, SGD),
    ("2-8-8-2 tanh, batch 10, SGD", "spiral", dense(8, 8, 2), 10, SGD),
    ("2-8-8-2 tanh, batch 10, Adam", "spiral", dense(8, 8, 2), 10, ADAM),
    ("2-32-32-2 tanh, batch 32, SGD", "spiral", dense(32, 32, 2), 32, SGD),
    ("64-100-10 tanh on digits, batch 64, SGD", "digits", [{"kind": "flatten"}, *dense(100, 10)], 64, SGD),
    ("conv 8 on digits, batch 64, SGD", "digits", CONV, 64, SGD),
]


def specs_of(
    dataset: str, graph: list[dict[str, Any]], batch: int, optimizer: dict[str, Any], num: int
) -> list[RunSpec]:
    """So many specs that differ in the learning rate."""
    return [
        RunSpec.model_validate({
            "data": {"dataset": dataset, "batch_size": batch},
            "graph": graph,
            "optimizer": {**optimizer, "lr": 0.001 * (place + 1)},
            "training": {"epochs": None, "max_steps": 10**9, "eval_every": 10**9, "device": "cpu"},
        })
        for place in range(num)
    ]  # fmt: skip


def lockstep(specs: list[RunSpec]) -> Callable[[], int]:
    """Does one batched step and the books of each; gives how many updates that were."""
    members = Group(assemble_group(specs)).members
    runs = [member.steps() for member in members]

    def step() -> int:
        for run in runs:
            next(run)
        return len(runs)

    for _ in range(members[0].steps_per_epoch + 4):  # by then every size of batch has been traced
        step()
    return step


def alone(specs: list[RunSpec]) -> Callable[[], int]:
    """Does one step of one of them."""
    runs: list[Iterator[Any]] = [assemble(spec).trainer.steps() for spec in specs]
    for run in runs:
        next(run)
        next(run)
    turn = cycle(runs)

    def step() -> int:
        next(next(turn))
        return 1

    return step


def rate(step: Callable[[], int], seconds: float) -> float:
    """Updates a second."""
    began, done = perf_counter(), 0
    while (took := perf_counter() - began) < seconds:
        done += step()
    return done / took


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--variants", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5)
    wanted = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    print(f"{wanted.variants} variants, one thread | lockstep, variant-steps/s | one after another, steps/s | ratio")
    for name, dataset, graph, batch, optimizer in CASES:
        specs = specs_of(dataset, graph, batch, optimizer, wanted.variants)
        ways = lockstep(specs), alone(specs)
        pairs = [tuple(rate(way, wanted.seconds) for way in ways) for _ in range(wanted.rounds)]
        together, single = (median(values) for values in zip(*pairs, strict=True))
        ratio = median(one / other for one, other in pairs)
        print(f"{name} | {together:,.0f} | {single:,.0f} | {ratio:.1f}", flush=True)


if __name__ == "__main__":
    main()
