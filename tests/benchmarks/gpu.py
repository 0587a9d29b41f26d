"""Steps a second on a GPU: a plain eager loop, the trainer, and the trainer with CUDA graphs, in turns, with ratios.

``python -m tests.benchmarks.gpu``. Without a GPU it says so and measures nothing.
"""

import argparse
from typing import Any

import torch
from layerlab.training.assemble import assemble
from layerlab_schemas.run import RunSpec
from torch import nn
from torch.nn import functional

from tests.benchmarks.engines import Slice, compare, plain, timed

GLYPHS = {"dataset": "glyphs", "params": {"size": 28, "samples": 4000}, "batch_size": 64}
SGD = {"kind": "sgd", "lr": 0.01, "momentum": 0.9}
RELU = {"kind": "relu"}
FLATTEN, POOL = {"kind": "flatten"}, {"kind": "max_pool2d", "kernel_size": 2}
CONV = {"kind": "conv2d", "kernel_size": 5, "padding": 2}
CNN = [CONV | {"out_channels": 8}, RELU, POOL, CONV | {"out_channels": 16}, RELU, POOL, FLATTEN]
MLP = [FLATTEN, *[{"kind": "linear", "out_features": 256}, RELU] * 2]


def spec_of(graph: list[dict[str, Any]], engine: str) -> RunSpec:
    """A run that is never evaluated and never ends."""
    training = {"epochs": 10_000_000, "eval_every": 1_000_000_000, "engine": engine, "device": "cuda:0"}
    graph = [*graph, {"kind": "linear", "out_features": 10}]
    return RunSpec.model_validate({"data": GLYPHS, "graph": graph, "optimizer": SGD, "training": training})


def trainer(spec: RunSpec) -> Slice:
    """As a run has it, loss and accuracy of each step included."""
    own = assemble(spec).trainer
    steps = own.steps()
    next(steps)

    def train(num_steps: int) -> None:
        end = own.step + num_steps
        while own.step < end:
            own.at_most = end - own.step
            next(steps)
        if own.compilation.refusal is not None:
            raise SystemExit(own.compilation.refusal.reason)

    return timed(train)


def engines_of(graph: list[dict[str, Any]], net: nn.Sequential) -> dict[str, Slice]:
    """The plain loop first."""
    made = assemble(spec_of(graph, "eager"))
    net.to(made.device)(made.data.train_inputs[:2])
    return {
        "plain eager loop": plain(made, net, functional.cross_entropy),
        "trainer, eager": trainer(spec_of(graph, "eager")),
        "trainer, CUDA graph": trainer(spec_of(graph, "auto")),
    }


def main() -> None:
    """Both networks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=9)
    arguments = parser.parse_args()
    cnn = nn.Sequential(
        nn.Conv2d(1, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.LazyLinear(10),
    )  # fmt: skip
    mlp = nn.Sequential(nn.Flatten(), nn.LazyLinear(256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10))
    for title, graph, net in (("small CNN, batch 64", CNN, cnn), ("MLP 784-256-256-10, batch 64", MLP, mlp)):
        if not torch.cuda.is_available():
            print(f"{title}\n  skipped: no GPU")
            continue
        compare(f"{title}, on {torch.cuda.get_device_name(0)}", engines_of(graph, net), arguments.repeats)


if __name__ == "__main__":
    main()
