"""Random whole specs, right ones and wrong ones, with values at the edges of what fields allow."""

from random import Random
from typing import Any

from layerlab import optimizers, schedules
from layerlab.registry import Registry

REGULARIZATIONS = (
    {}, {"l1": 1e6}, {"l2": 1e6}, {"l2": 1e300}, {"clip_grad_norm": 1e-300}, {"clip_grad_value": 1e-9},
)  # fmt: skip
POINTS = ("spiral", "circle", "xor", "gaussians", "moons", "plane_regression")
EDGES = (0, 1e-12, 1e-8, 0.001, 0.1, 0.5, 0.9, 0.999, 1, 1e3, 1e6, -1, 1e300)
MIDDLES: tuple[dict[str, Any], ...] = (
    {"kind": "batch_norm"},
    {"kind": "batch_norm", "track_running_stats": False},
    {"kind": "layer_norm"},
    {"kind": "instance_norm"},
    {"kind": "group_norm", "num_groups": 2},
    {"kind": "dropout", "p": 0.5},
    {"kind": "relu"},
    {"kind": "tanh"},
    {"kind": "sigmoid"},
    {"kind": "gelu"},
)


def random_spec(chance: Random) -> dict[str, Any]:
    data = _data(chance)
    return {
        "data": data,
        "graph": _graph(chance, data),
        "loss": chance.choice([None, None, {"kind": "cross_entropy"}, {"kind": "mse"}, {"kind": "bce"}]),
        "optimizer": _fields_at_edges(chance, optimizers.REGISTRY),
        "schedule": _fields_at_edges(chance, schedules.REGISTRY, 0.1),
        "init": chance.choice([{"scheme": "zeros"}, {"scheme": "kaiming_normal"}, {"scheme": "normal", "std": 1e20}]),
        "regularization": chance.choice(
            [{}, {"l1": 1e6}, {"l2": 1e6}, {"l2": 1e300}, {"clip_grad_norm": 1e-300}, {"clip_grad_value": 1e-9}]
        ),
        "training": {
            "epochs": chance.choice([1, 2]),
            "max_steps": chance.choice([None, 3, 0]),
            "eval_every": chance.choice([None, 1]),
            "early_stopping": chance.choice([None, None, {"patience": 1}]),
        },
    }


def _data(chance: Random) -> dict[str, Any]:
    dataset = chance.choice(["digits", "parity", *POINTS])
    params: dict[str, Any] = {}
    if dataset != "digits":
        params["samples"] = chance.choice([10, 11, 13, 33])
    if dataset == "parity":
        params |= {"length": chance.choice([4, 7]), "encoding": chance.choice(["number", "token"])}
    return {
        "dataset": dataset,
        "params": params,
        "batch_size": chance.choice([1, 2, 3, 8, 9, 65536]),
        "validation_fraction": chance.choice([0, 0.01, 0.1, 0.5, 0.999]),
        "preprocess": chance.choice(["none", "mean_image", "channel_mean", "standardize"]),
        "shuffle": chance.random() < 0.8,
        "subset": chance.choice([1, 2, 9, 17]) if dataset == "digits" or chance.random() < 0.3 else None,
    }


def _graph(chance: Random, data: dict[str, Any]) -> list[dict[str, Any]]:
    """Mostly fit for the data; now and then with a norm that its batches are too small for, or an output too many."""
    nodes: list[dict[str, Any]] = []
    if data["dataset"] == "digits":
        nodes.append({"kind": "conv2d", "out_channels": 4, "kernel_size": 3})
    elif data["dataset"] == "parity":
        if data["params"]["encoding"] == "token":
            nodes.append({"kind": "embedding", "embedding_dim": 4})
        nodes.append({"kind": chance.choice(["lstm", "gru", "rnn"]), "hidden_size": 4})
    nodes += [chance.choice(MIDDLES) for _ in range(chance.randint(0, 2))]
    nodes += [{"kind": "flatten"}, {"kind": "linear", "out_features": 4}]
    nodes += [chance.choice(MIDDLES) for _ in range(chance.randint(0, 2))]
    outputs = {"digits": 10, "plane_regression": 1}.get(data["dataset"], chance.choice([1, 2, 2]))
    return [*nodes, {"kind": "linear", "out_features": outputs}]


def _fields_at_edges(chance: Random, registry: Registry[Any], share: float = 0.3) -> dict[str, Any]:
    kind = chance.choice([kind.kind for kind in registry])
    chosen: dict[str, Any] = {"kind": kind}
    for name, field in registry.get(kind).describe().fields.get("properties", {}).items():
        if chance.random() < share:
            edge = chance.choice(EDGES)
            chosen[name] = {"boolean": True, "array": [edge, 0.5]}.get(field.get("type"), edge)
    return chosen
