"""The receptive field against the gradient: the pixels that a place of the output depends on, measured."""

import pytest
import torch
from layerlab.graph.check import check

from tests.backend.graph.building import LENET, checked, facts, network, nodes

SIZE = 41
DATA = facts((1, SIZE, SIZE))
END = [{"kind": "flatten"}, {"kind": "linear", "out_features": 10}]


def conv(kernel, **fields):
    return {"kind": "conv2d", "out_channels": 3, "kernel_size": kernel, **fields}


def measured(specs):
    """Height and width of the pixels that the middle place of the last image depends on (weights all positive)."""
    net = network([*specs, *END], DATA).double()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.fill_(0.1)
    last = next(node.id for node in reversed(net.plan.nodes) if len(node.output_shape) == 3)
    x = torch.rand(1, 1, SIZE, SIZE, dtype=torch.float64, requires_grad=True)
    seen = {}
    net.layers[last].register_forward_hook(lambda _module, _inputs, output: seen.update(output=output))
    net(x)
    output = seen["output"]
    output[0, :, output.shape[2] // 2, output.shape[3] // 2].sum().backward()
    rows, columns = (x.grad[0, 0] != 0).any(1).nonzero(), (x.grad[0, 0] != 0).any(0).nonzero()
    return [int(rows.max() - rows.min()) + 1, int(columns.max() - columns.min()) + 1]


def told(specs):
    result = checked([*specs, *END], DATA)
    assert result.ok, result.problems
    return next(node.receptive_field for node in reversed(result.nodes) if len(node.output_shape) == 3)


AVERAGE = {"kind": "avg_pool2d", "kernel_size": 2}
CASES = {
    "one": [conv(5)],
    "two": [conv(3), {"kind": "leaky_relu"}, conv([3, 5])],
    "strides": [conv(3, stride=2), conv(3, stride=[1, 2]), conv(3)],
    "pools": [conv(5, padding=2), AVERAGE, conv(3), AVERAGE, conv(3)],
    "overlapping pool": [{"kind": "avg_pool2d", "kernel_size": 3, "stride": 2}, conv(3)],
    "dilation": [conv(3, dilation=2), conv(3, dilation=3)],
    "branches": [
        {"id": "a", **conv(3, padding=1), "inputs": ["input"]},
        {"id": "b", **conv(7, padding=3), "inputs": ["input"]},
        {"kind": "add", "inputs": ["a", "b"]},
        conv(3),
    ],
    "a whole residual block": [conv(3, padding=1), {"kind": "residual", "norm": "none"}, conv(3)],
    "a residual block that halves": [{"kind": "residual", "norm": "none", "stride": 2, "out_channels": 2}, conv(3)],
    "upsampled": [{"kind": "avg_pool2d", "kernel_size": 2}, {"kind": "upsample"}, conv(3)],
    "transposed": [
        conv(3, stride=2),
        {"kind": "conv_transpose2d", "out_channels": 2, "kernel_size": 3, "stride": 2},
        {"kind": "avg_pool2d", "kernel_size": 3, "stride": 3},
    ],
    "residual": [
        {"id": "a", **conv(3, padding=1)},
        {"id": "b", **conv(3, padding="same")},
        {"kind": "concat", "inputs": ["input", "b"]},
    ],
}


@pytest.mark.parametrize("name", CASES)
def test_told_is_measured(name):
    assert told(CASES[name]) == measured(CASES[name])


def test_a_maximum_pool_sees_its_whole_window():
    """Its gradient shows the largest pixel only, so it is compared with the average pool, which slides alike."""
    as_maximum = [{**spec, "kind": "max_pool2d"} if spec["kind"] == "avg_pool2d" else spec for spec in CASES["pools"]]
    assert told(as_maximum) == told(CASES["pools"])


def test_lenet_by_hand():
    result, _ = check(nodes(*LENET), facts((1, 28, 28)))
    fields = [node.receptive_field for node in result.nodes]
    assert fields == [[5, 5], [5, 5], [6, 6], [14, 14], [14, 14], [16, 16], None, None, None, None]


def test_outside_images_there_is_none():
    result = checked([{"kind": "linear", "out_features": 10}], facts((6,)))
    assert result.nodes[0].receptive_field is None


def test_of_sequences_it_is_in_steps():
    specs = [
        {"kind": "conv1d", "out_channels": 4, "kernel_size": 3, "padding": "causal", "dilation": 2},
        {"kind": "max_pool1d", "kernel_size": 2},
        {"kind": "conv1d", "out_channels": 4, "kernel_size": 3},
        {"kind": "gru", "hidden_size": 3, "output": "sequence"},
        {"kind": "flatten"},
        {"kind": "linear", "out_features": 10},
    ]
    fields = [node.receptive_field for node in checked(specs, facts((16, 2))).nodes]
    assert fields == [[5], [6], [10], None, None, None]


def test_a_reshape_ends_it():
    specs = [conv(3, padding=1), {"kind": "reshape", "shape": [3, SIZE * SIZE]}, *END]
    assert [node.receptive_field for node in checked(specs, DATA).nodes][:2] == [[3, 3], None]
