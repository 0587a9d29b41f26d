"""Steps a second of the trainer, the compiled step, a plain eager loop and others' engines, in turns, with ratios.

``python -m tests.benchmarks.engines [--playground nn.js] [--convnetjs convnet.js] [--threads 1] [--only trainer]``

Others' engines are given by path and never shipped: TensorFlow Playground's ``src/nn.ts`` made JavaScript
(``tsc --target es2020 --module commonjs nn.ts``) and ConvNetJS's ``build/convnet.js``. They run under Node.
"""

import argparse
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import torch
from layerlab.training.assemble import Assembly, assemble
from layerlab.training.engines.build import build
from layerlab.training.engines.compiled import CompiledStep
from layerlab.training.engines.functional import PureStep
from layerlab.training.engines.packaged import Packages
from layerlab_schemas.run import RunSpec
from torch import nn
from torch.nn import functional

HERE = Path(__file__).parent
TANH = {"kind": "tanh"}
TINY = {
    "data": {"dataset": "spiral", "batch_size": 10},
    "graph": [*[{"kind": "linear", "out_features": 8}, TANH] * 2, {"kind": "linear", "out_features": 1}],
    "loss": {"kind": "bce"},
    "optimizer": {"kind": "sgd", "lr": 0.03, "momentum": 0.0},
}
DEMO = {
    "data": {"dataset": "glyphs", "params": {"size": 28, "samples": 2000}, "batch_size": 20},
    "graph": [
        {"kind": "conv2d", "out_channels": 8, "kernel_size": 5, "padding": 2},
        {"kind": "relu"},
        {"kind": "max_pool2d", "kernel_size": 2},
        {"kind": "conv2d", "out_channels": 16, "kernel_size": 5, "padding": 2},
        {"kind": "relu"},
        {"kind": "max_pool2d", "kernel_size": 3},
        {"kind": "flatten"},
        {"kind": "linear", "out_features": 10},
    ],
    "optimizer": {"kind": "sgd", "lr": 0.01, "momentum": 0.9},
}

LENET = {
    "data": {"dataset": "shapes", "params": {"size": 28, "samples": 4000}, "batch_size": 64},
    "graph": [
        {"kind": "conv2d", "out_channels": 20, "kernel_size": 5},
        {"kind": "relu"},
        {"kind": "max_pool2d", "kernel_size": 2},
        {"kind": "conv2d", "out_channels": 50, "kernel_size": 5},
        {"kind": "relu"},
        {"kind": "max_pool2d", "kernel_size": 2},
        {"kind": "flatten"},
        {"kind": "linear", "out_features": 500},
        {"kind": "relu"},
        {"kind": "linear", "out_features": 6},
    ],
    "optimizer": {"kind": "sgd", "lr": 0.01, "momentum": 0.9},
}

#: Trains so many steps; gives the seconds that they took.
Slice = Callable[[int], float]


def timed(train: Callable[[int], None]) -> Slice:
    def run(num_steps: int) -> float:
        start = time.perf_counter()
        train(num_steps)
        return time.perf_counter() - start

    return run


def compiled(made: Assembly, folder: Path, spec: RunSpec) -> Slice:
    """Blocks of at most 256 steps, as a run takes them."""
    chosen, size = made.trainer.settings, spec.data.batch_size
    start = time.perf_counter()
    packages = build(spec, folder)
    print(f"  {len(packages)} packages built in {time.perf_counter() - start:.0f} s")
    step = PureStep(made.network, made.trainer.loss, chosen.optimizer, spec.regularization)
    programs = Packages(packages, inputs=made.data.train_inputs, targets=made.data.train_targets)
    engine = CompiledStep(programs, step, made.network, made.trainer._optimizer)

    def train(num_steps: int) -> None:
        for start in range(0, num_steps, 256):
            count = min(256, num_steps - start)
            engine.run(torch.randint(made.data.num_train, (count, size)), [chosen.optimizer.params.lr] * count)

    return timed(train)


def trainer(spec: RunSpec) -> Slice:
    """The trainer as a run has it, loss and accuracy of each step included, without evaluations."""
    endless = spec.training.model_copy(update={"epochs": 1_000_000, "eval_every": 1_000_000_000})
    steps = assemble(spec.model_copy(update={"training": endless})).trainer.steps()
    next(steps)

    def train(num_steps: int) -> None:
        for _ in range(num_steps):
            next(steps)

    return timed(train)


def compiled_trainer(spec: RunSpec, folder: Path, *, evaluates: bool) -> Slice:
    """The trainer of a compiled run, loss and accuracy of each step included; with its evaluations or without."""
    every = None if evaluates else 1_000_000_000
    endless = spec.training.model_copy(update={"epochs": 10_000_000, "eval_every": every, "engine": "compiled"})
    made = assemble(spec.model_copy(update={"training": endless}))
    made.trainer.compilation.take(made.trainer.compilation.packages(made.trainer.settings, folder))
    steps = made.trainer.steps()
    next(steps)

    def train(num_steps: int) -> None:
        end = made.trainer.step + num_steps
        while made.trainer.step < end:
            made.trainer.at_most = end - made.trainer.step
            next(steps)

    return timed(train)


def lenet(folder: Path | None) -> dict[str, Slice]:
    """LeNet-5 with 20 and 50 kernels and 500 units, by a plain loop, the trainer and, with a folder, compiled."""
    spec = RunSpec.model_validate(LENET)
    made = assemble(spec)
    channels = made.data.train_inputs.shape[1]
    net = nn.Sequential(
        nn.Conv2d(channels, 20, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 6),
    )  # fmt: skip
    # As a tutorial has them: channels before rows.
    data = replace(made.data, train_inputs=made.data.train_inputs.contiguous(memory_format=torch.contiguous_format))
    made = replace(made, data=data)
    engines = {"plain eager loop": plain(made, net, functional.cross_entropy), "trainer": trainer(spec)}
    return engines if folder is None else engines | {"compiled": compiled(assemble(spec), folder, spec)}


def demo(engine: Path, folder: Path | None) -> dict[str, Slice]:
    """ConvNetJS's demo net for MNIST, on drawn letters of the same size."""
    spec = RunSpec.model_validate(DEMO)
    net = nn.Sequential(
        nn.Conv2d(1, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3), nn.Flatten(), nn.LazyLinear(10),
    )  # fmt: skip
    made = assemble(spec)
    net(made.data.train_inputs[:2])
    engines = {"ConvNetJS, Node": under_node("convnetjs.js", engine)}
    engines |= {"plain eager loop": plain(made, net, functional.cross_entropy), "trainer": trainer(spec)}
    return engines if folder is None else engines | {"compiled": compiled(assemble(spec), folder, spec)}


def plain(made: Assembly, net: nn.Module, loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]) -> Slice:
    """The loop of every tutorial: a module, torch.optim.SGD as it comes, the loss read at each step."""
    params, size = made.trainer.settings.optimizer.params, made.trainer.settings.batch_size
    optimizer = torch.optim.SGD(net.parameters(), lr=params.lr, momentum=params.momentum)
    inputs, targets = made.data.train_inputs, made.data.train_targets

    def train(num_steps: int) -> None:
        for _ in range(num_steps):
            samples = torch.randint(len(inputs), (size,), device=inputs.device)
            optimizer.zero_grad()
            value = loss(net(inputs[samples]), targets[samples])
            value.backward()
            optimizer.step()
            value.item()

    return timed(train)


def one_score(output: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return functional.binary_cross_entropy_with_logits(output[:, 0], targets.float())


def under_node(script: str, engine: Path) -> Slice:
    process = subprocess.Popen(
        ["node", str(HERE / script), str(engine)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def run(num_steps: int) -> float:
        print(num_steps, file=process.stdin, flush=True)
        return float(process.stdout.readline())

    return run


def compare(title: str, engines: dict[str, Slice], repeats: int, seconds: float = 0.4) -> None:
    """Slices of about ``seconds`` in turns; the median of each, and how often it goes into the first."""
    sizes = {}
    for name, run in engines.items():
        run(20)
        sizes[name] = max(1, int(20 * seconds / run(20)))
    rates: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(repeats):
        for name, run in engines.items():
            rates[name].append(sizes[name] / run(sizes[name]))
    print(title)
    medians = {name: median(values) for name, values in rates.items()}
    first = next(iter(medians.values()))
    for name, value in medians.items():
        print(f"  {name:28} {value:10.0f} steps/s, {value / first:6.2f}")


def whole(title: str, engines: dict[str, Slice], num_steps: int, part: int = 50) -> None:
    """Whole runs of so many steps, in parts that take turns."""
    seconds = dict.fromkeys(engines, 0.0)
    for _ in range(0, num_steps, part):
        for name, run in engines.items():
            seconds[name] += run(part)
    print(title)
    first = next(iter(seconds.values()))
    for name, value in seconds.items():
        print(f"  {name:28} {num_steps / value:10.0f} steps/s, {first / value:6.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--playground", type=Path, help="TensorFlow Playground's nn.js")
    parser.add_argument("--convnetjs", type=Path, help="ConvNetJS's convnet.js")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--only", choices=["trainer"], help="leave out what must be compiled first")
    parser.add_argument("--lenet-steps", type=int, default=3000)
    parser.add_argument("--packages", type=Path, help="a folder that keeps what was compiled")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    has_node = shutil.which("node") is not None
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.packages or Path(scratch)
        tiny = RunSpec.model_validate(TINY)
        net = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 1))
        engines = {"plain eager loop": plain(assemble(tiny), net, one_score)}
        if arguments.playground and has_node:
            node = under_node("playground.js", arguments.playground)
            engines = {"TensorFlow Playground, Node": node} | engines
        engines["trainer"] = trainer(tiny)
        if arguments.only != "trainer":
            engines["compiled"] = compiled(assemble(tiny), folder, tiny)
            engines["compiled, in the trainer"] = compiled_trainer(tiny, folder, evaluates=False)
            engines["compiled, evaluated each epoch"] = compiled_trainer(tiny, folder, evaluates=True)
        compare("2-8-8-1 tanh, batch 10, SGD", engines, arguments.repeats)
        torch.set_num_threads(2)
        images = None if arguments.only == "trainer" else folder
        if arguments.convnetjs and has_node:
            title = "ConvNetJS's MNIST demo net, batch 20, 2 threads"
            compare(title, demo(arguments.convnetjs, images), arguments.repeats)
        title = f"LeNet-5 (20, 50, 500), batch 64, 2 threads, {arguments.lenet_steps} steps"
        whole(title, lenet(images), arguments.lenet_steps)


if __name__ == "__main__":
    main()
