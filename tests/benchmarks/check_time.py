"""How long the check of a graph takes: ``python -m tests.benchmarks.check_time``. Prints, asserts nothing.

The promise (P12): wrong shapes are named while editing, p95 at most 100 ms at 100 nodes.
"""

from statistics import median, quantiles
from time import perf_counter

from layerlab.graph.check import check
from layerlab_schemas.graph import CheckedData, NodeSpec


def image(channels: int, size: int) -> CheckedData:
    """Facts of colour images with ten classes."""
    return CheckedData(
        dataset="made", title="Made", task="classification", input_kind="image", input_shape=[channels, size, size],
        output_shape=[10], num_train=100, num_validation=20,
    )  # fmt: skip


def deep(num_nodes: int) -> list[dict[str, object]]:
    """Blocks of convolution, batch norm and ReLU, with a skip around each second one, then an end."""
    specs: list[dict[str, object]] = [
        {"id": "c0", "kind": "conv2d", "out_channels": 16, "kernel_size": 3, "padding": 1}
    ]
    while len(specs) < num_nodes - 2:
        before = specs[-1].get("id", "")
        count = len(specs)
        block = [
            {"id": f"n{count}", "kind": "batch_norm"},
            {"id": f"r{count}", "kind": "relu"},
            {"id": f"c{count}", "kind": "conv2d", "out_channels": 16, "kernel_size": 3, "padding": 1},
            {"id": f"a{count}", "kind": "add", "inputs": [before, f"c{count}"]},
        ]
        specs += block[: num_nodes - 2 - len(specs)]
    return [*specs, {"kind": "flatten"}, {"kind": "linear", "out_features": 10}]


def vgg16() -> list[dict[str, object]]:
    """VGG-16 as in its paper, with ten classes and hidden layers of 1 024 (138 M parameters are over the limit)."""
    specs: list[dict[str, object]] = []
    for widths in ([64] * 2, [128] * 2, [256] * 3, [512] * 3, [512] * 3):
        for width in widths:
            specs += [
                {"kind": "conv2d", "out_channels": width, "kernel_size": 3, "padding": 1},
                {"kind": "relu"},
            ]
        specs.append({"kind": "max_pool2d", "kernel_size": 2})
    hidden: list[dict[str, object]] = [{"kind": "linear", "out_features": 1024}, {"kind": "relu"}, {"kind": "dropout"}]
    return [*specs, {"kind": "flatten"}, *hidden, *hidden, {"kind": "linear", "out_features": 10}]


def time_check(title: str, specs: list[dict[str, object]], data: CheckedData, repeats: int = 50) -> None:
    """Prints the first check (which loads parts of the engine) and the median and p95 of many."""
    nodes = [NodeSpec.model_validate(spec) for spec in specs]
    times = []
    for _ in range(repeats + 1):
        start = perf_counter()
        result, _ = check(nodes, data)
        times.append(1000 * (perf_counter() - start))
    first, rest = times[0], times[1:]
    sizes = f"{len(nodes)} nodes, {result.totals.parameters:,} parameters, ok: {result.ok}"
    slow = quantiles(rest, n=20)[-1]
    print(f"{title:28} first {first:7.1f} ms   median {median(rest):6.1f}   p95 {slow:6.1f}   {sizes}")


if __name__ == "__main__":
    time_check("LeNet-like, 10 nodes", deep(10), image(1, 28))
    time_check("residual, 100 nodes", deep(100), image(3, 32))
    time_check("residual, 500 nodes", deep(500), image(3, 32), repeats=10)
    time_check("VGG-16 body at 224", vgg16(), image(3, 224))
    time_check("100 nodes, first is wrong", [{"kind": "relo"}, *deep(99)], image(3, 32))
    recurrent: list[dict[str, object]] = [{"kind": "lstm", "hidden_size": 64, "output": "sequence"}] * 20
    sequence = image(1, 8).model_copy(update={"input_shape": [1000, 8], "input_kind": "sequence"})
    ends: list[dict[str, object]] = [{"kind": "gru", "hidden_size": 8}, {"kind": "linear", "out_features": 10}]
    time_check("20 LSTMs of 1 000 steps", [*recurrent, *ends], sequence)
