"""What augmentation and streaming cost a step: ``python -m tests.benchmarks.data_time``. Prints, asserts nothing.

The set is made up: colour images of random pixels, as they are stored. Each row is one way of training on the same
batches; the ratio is to the first row of its network.
"""

import argparse
import platform
from time import perf_counter
from typing import Any, ClassVar

import torch
from layerlab import datasets
from layerlab.datasets.base import DatasetKind, LoadedData
from layerlab.params import Params
from layerlab.training import reading
from layerlab.training.assemble import assemble
from layerlab_schemas.run import RunSpec

KIND = "random_pixels"
CONV = [
    {"kind": "conv2d", "out_channels": 20, "kernel_size": 5, "padding": 2},
    {"kind": "relu"},
    {"kind": "max_pool2d", "kernel_size": 2},
    {"kind": "conv2d", "out_channels": 50, "kernel_size": 5, "padding": 2},
    {"kind": "relu"},
    {"kind": "max_pool2d", "kernel_size": 2},
]
NETWORKS = {"linear": [], "two convolutions": CONV}
WAYS: dict[str, list[dict[str, Any]]] = {
    "nothing": [],
    "flip": [{"kind": "horizontal_flip"}],
    "flip, random crop": [{"kind": "horizontal_flip"}, {"kind": "random_crop"}],
    "affine": [{"kind": "affine"}],
    "elastic": [{"kind": "elastic"}],
    "colour": [{"kind": "brightness"}, {"kind": "contrast"}, {"kind": "saturation"}, {"kind": "hue"}],
    "RandAugment": [{"kind": "rand_augment"}],
    "mixup": [{"kind": "mixup"}],
}


class SizeParams(Params):
    """How many, how large."""

    samples: int = 5000
    size: int = 32


class RandomPixels(DatasetKind):
    """Colour images without any meaning."""

    kind = KIND
    title = "Random pixels"
    task = "classification"
    input_kind = "image"
    Params = SizeParams
    example: ClassVar[dict[str, Any]] = {}

    def load(self, params: SizeParams, *, seed: int) -> LoadedData:
        """[samples, 3, size, size] uint8, ten classes."""
        generator = torch.Generator().manual_seed(seed)
        shape = (params.samples, 3, params.size, params.size)
        return LoadedData(
            inputs=torch.randint(0, 256, shape, generator=generator, dtype=torch.uint8),
            targets=torch.arange(params.samples) % 10,
            task="classification",
            input_kind="image",
            class_names=tuple("0123456789"),
            value_range=(0.0, 255.0),
        )


def measured(graph: list[dict[str, Any]], augment: list[dict[str, Any]], steps: int) -> tuple[float, float]:
    """Milliseconds of the fastest step, and the share of it that the batch takes."""
    spec = RunSpec.model_validate(
        {
            "data": {"dataset": KIND, "batch_size": 64, "augment": augment},
            "graph": [*graph, {"kind": "flatten"}, {"kind": "linear", "out_features": 10}],
            "optimizer": {"kind": "sgd", "lr": 0.001},
            "training": {"epochs": None, "max_steps": steps + 5, "eval_every": steps + 5, "device": "cpu"},
        }
    )
    times, of_data = list[float](), list[float]()
    reports = assemble(spec).trainer.steps()
    next(reports)
    for _ in range(steps + 4):
        start = perf_counter()
        report = next(reports)
        times.append(perf_counter() - start)
        of_data.append(report.seconds_data)
    fastest = min(range(4, len(times)), key=times.__getitem__)
    return 1000 * times[fastest], of_data[fastest] / times[fastest]


def main() -> None:
    """Prints a table for each network."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--steps", type=int, default=40, help="Steps of each row.")
    arguments.add_argument("--threads", type=int, default=1, help="Threads of PyTorch.")
    given = arguments.parse_args()
    torch.set_num_threads(given.threads)
    torch.set_flush_denormal(True)
    datasets.REGISTRY._kinds[KIND] = RandomPixels()
    print(f"{platform.machine()}, {given.threads} threads, PyTorch {torch.__version__}, batches of 64, 3×32×32")
    for name, graph in NETWORKS.items():
        print(f"\n{name:24} ms a step   ratio   share of data")
        first = None
        for way, listed in [*WAYS.items(), ("nothing, streamed", [])]:
            limit = 1 if way.endswith("streamed") else 4000
            reading.data_limit = lambda limit=limit: limit * 20_000_000  # type: ignore[misc]
            milliseconds, share = measured(graph, listed, given.steps)
            first = first or milliseconds
            print(f"{way:24} {milliseconds:9.2f} {milliseconds / first:7.2f} {share:10.2f}", flush=True)


if __name__ == "__main__":
    main()
