"""What the arithmetic of a pixel is written with gives the value that is shown, by PyTorch's own operations."""

import numpy as np
import pytest
import torch
from layerlab_schemas.run import RunSpec
from torch.nn import functional as F

from tests.backend.probes.watching import array, last, measure

GRAPH = [
    {"id": "conv", "kind": "conv2d", "out_channels": 8, "kernel_size": 3, "stride": 2, "padding": 1},
    {"id": "norm", "kind": "batch_norm"},
    {"id": "relu", "kind": "relu"},
    {"id": "pool", "kind": "max_pool2d", "kernel_size": 3, "stride": 2, "padding": 1},
    {"id": "grouped", "kind": "conv2d", "out_channels": 12, "kernel_size": 4, "padding": "same", "groups": 4},
    {"id": "up", "kind": "conv_transpose2d", "out_channels": 6, "kernel_size": 3, "stride": 2, "groups": 2},
    {"id": "mean", "kind": "avg_pool2d", "kernel_size": 2, "count_include_pad": False, "padding": 1},
    {"id": "whole", "kind": "global_avg_pool"},
    {"id": "logits", "kind": "linear", "out_features": 6},
]


@pytest.fixture(scope="module")
def seen():
    data = {"dataset": "shapes", "params": {"size": 12, "samples": 60, "colour": "colour"}}
    assembly, context = last(RunSpec.model_validate({"data": data, "graph": GRAPH, "training": {"max_steps": 3}}))
    frame = measure("pixel_arithmetic", context)
    return assembly, context, frame


def parts_of(frame):
    """Maps by node and parameters by node and name, as tensors."""
    found = {(item.node, item.parameter): torch.tensor(array(item.images)) for item in frame.items}
    rules = {item.node: item.rule for item in frame.items if item.parameter is None}
    return found, rules


def spans(packed):
    assert packed.dtype == "int32"
    return np.frombuffer(packed.data, dtype="<i4").reshape(packed.shape).tolist()


def maps(found, node):
    return found[node, None].transpose(0, 1)


def test_it_is_the_chosen_sample_in_eval_mode(seen):
    assembly, context, frame = seen
    found, _ = parts_of(frame)
    assert (frame.split, frame.mode, frame.num_samples) == ("validation", "eval", 1)
    assert torch.equal(maps(found, "input"), assembly.data.validation_inputs[4:5])
    for node in assembly.plan.nodes:
        value = context.shown.outputs[node.id]
        assert torch.equal(maps(found, node.id).reshape(value.shape), value)


def test_convolutions_by_their_rule(seen):
    found, rules = parts_of(seen[2])
    for node in ("conv", "grouped"):
        rule = rules[node]
        (top, left), (tall, wide) = rule.padding, rule.kernel
        x = F.pad(maps(found, rule.inputs[0]), (left, wide, top, tall))
        y = F.conv2d(x, found[node, "weight"], found[node, "bias"].flatten(), rule.stride, 0, rule.dilation,
                     rule.groups)  # fmt: skip
        shown = maps(found, node)
        assert torch.allclose(y[:, :, : shown.shape[2], : shown.shape[3]], shown, atol=1e-5)


def test_a_transposed_convolution_by_its_rule(seen):
    found, rules = parts_of(seen[2])
    rule, kernel = rules["up"], found["up", "weight"]
    kernel_io = torch.cat([part.transpose(0, 1) for part in kernel.chunk(rule.groups)])
    y = F.conv_transpose2d(
        maps(found, "grouped"), kernel_io, found["up", "bias"].flatten(), rule.stride, rule.padding, 0, rule.groups
    )
    assert torch.allclose(y, maps(found, "up"), atol=1e-5)
    assert rule.op == "conv_transpose"


def test_norm_function_pools_and_mean_by_their_rules(seen):
    found, rules = parts_of(seen[2])
    norm = [found["norm", name].flatten() for name in ("running_mean", "running_var", "weight", "bias")]
    y = F.batch_norm(maps(found, "conv"), *norm, eps=rules["norm"].eps)
    assert torch.allclose(y, maps(found, "norm"), atol=1e-5)
    assert torch.equal(maps(found, "norm").relu(), maps(found, "relu"))
    assert (rules["relu"].op, rules["relu"].title, rules["relu"].inputs) == ("function", "ReLU", ["norm"])
    pool, mean = rules["pool"], rules["mean"]
    assert torch.equal(F.max_pool2d(maps(found, "relu"), pool.kernel, pool.stride, pool.padding), maps(found, "pool"))
    y = F.avg_pool2d(maps(found, "up"), mean.kernel, mean.stride, mean.padding, count_include_pad=mean.counts_padding)
    assert torch.allclose(y, maps(found, "mean"), atol=1e-6)
    assert rules["whole"].op == "mean_of_map"
    assert torch.allclose(maps(found, "mean").mean((2, 3)), found["whole", None].flatten()[None], atol=1e-6)
    assert rules["logits"] is None


def test_fields_lie_in_the_input(seen):
    _, _, frame = seen
    conv = next(item for item in frame.items if item.node == "conv")
    assert spans(conv.field.rows) == [[0, 1], [1, 3], [3, 5], [5, 7], [7, 9], [9, 11]]
    assert next(item for item in frame.items if item.node == "logits").field is None


def test_what_does_not_fit_is_left_out_and_its_fields_stay(seen, monkeypatch):
    monkeypatch.setattr("layerlab.probes.pixel_arithmetic.MOST_NUMBERS", 1000)
    frame = measure("pixel_arithmetic", seen[1])
    conv = [item for item in frame.items if item.node == "conv"]
    assert [item.parameter for item in conv] == [None, "weight", "bias"]
    grouped = next(item for item in frame.items if item.node == "up" and item.parameter is None)
    assert array(grouped.images).size == 0
    assert (grouped.total, grouped.field.rows.shape) == (6, [7, 2])


def test_a_sequence_is_a_map_of_one_row_for_each_feature():
    graph = [
        {"kind": "embedding", "embedding_dim": 5},
        {"id": "conv", "kind": "conv1d", "out_channels": 7, "kernel_size": 3, "padding": "causal"},
        {"kind": "global_avg_pool"},
        {"kind": "linear", "out_features": 1},
    ]
    data = {"dataset": "parity", "params": {"encoding": "token", "shortest": 4, "samples": 100}}
    spec = {"data": data, "graph": graph, "loss": {"kind": "bce"}, "training": {"max_steps": 2}}
    _, context = last(RunSpec.model_validate(spec))
    found, rules = parts_of(measure("pixel_arithmetic", context))
    x, rule = maps(found, "embedding_1"), rules["conv"]
    assert (rule.kernel, rule.padding) == ([1, 3], [0, 2])
    y = F.conv2d(F.pad(x, (rule.padding[1], 0)), found["conv", "weight"], found["conv", "bias"].flatten())
    assert torch.allclose(y, maps(found, "conv"), atol=1e-5)
