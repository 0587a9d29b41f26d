"""Short ways to write graphs and data facts in tests."""

from layerlab.graph.check import check
from layerlab.graph.compile import compile_network
from layerlab_schemas.graph import CheckedData, InitSpec, NodeSpec

LENET = [
    {"id": "conv1", "kind": "conv2d", "out_channels": 20, "kernel_size": 5, "padding": 2},
    {"kind": "relu"},
    {"id": "pool1", "kind": "max_pool2d", "kernel_size": 2},
    {"id": "conv2", "kind": "conv2d", "out_channels": 50, "kernel_size": 5, "padding": 2},
    {"kind": "relu"},
    {"id": "pool2", "kind": "max_pool2d", "kernel_size": 2},
    {"id": "flatten", "kind": "flatten"},
    {"id": "fc1", "kind": "linear", "out_features": 500},
    {"kind": "relu"},
    {"id": "logits", "kind": "linear", "out_features": 10},
]


def nodes(*specs):
    return [NodeSpec.model_validate(spec) for spec in specs]


def facts(input_shape, output=10, **fields):
    kinds = {1: "tabular", 2: "sequence", 3: "image", 4: "video"}
    defaults = {"dataset": "made", "title": "Made", "task": "classification", "num_train": 100, "num_validation": 20}
    defaults["input_kind"] = kinds[len(input_shape)]
    output_shape = list(output) if isinstance(output, tuple) else [output]
    return CheckedData(input_shape=list(input_shape), output_shape=output_shape, **(defaults | fields))


def checked(specs, data, **options):
    """The result of the check alone."""
    return check(nodes(*specs), data, **options)[0]


def network(specs, data, *, scheme="kaiming_normal", seed=0, **fields):
    result, plan = check(nodes(*specs), data)
    assert plan is not None, result.problems
    return compile_network(plan, init=InitSpec(scheme=scheme, **fields), seed=seed)
