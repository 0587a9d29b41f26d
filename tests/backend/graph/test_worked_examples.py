"""The lectures' worked examples on networks, number by number."""

import pytest
import torch
from layerlab.graph.check import check

from tests.backend.graph.building import checked, facts, network, nodes

VGG16 = [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"]


def vgg16():
    specs = []
    for width in VGG16:
        if width == "M":
            specs.append({"kind": "max_pool2d", "kernel_size": 2})
        else:
            specs += [{"kind": "conv2d", "out_channels": width, "kernel_size": 3, "padding": 1}, {"kind": "relu"}]
    hidden = [{"kind": "linear", "out_features": 4096}, {"kind": "relu"}, {"kind": "dropout"}]
    return [*specs, {"kind": "flatten"}, *hidden, *hidden, {"kind": "linear", "out_features": 1000}]


def test_vgg16_has_138_357_544_parameters():
    """More than may be trained here, and counted all the same."""
    result, plan = check(nodes(*vgg16()), facts((3, 224, 224), output=1000))
    assert result.totals.parameters == 138_357_544
    assert result.totals.multiply_adds == 15_470_264_320
    assert [problem.code for problem in result.problems] == ["too_many_parameters"]
    assert plan is None


def test_a_convolution_against_a_fully_connected_layer():
    """200×200 image: 40 000 units see all of it with 1.6 billion weights; one filter of 10×10 has 100."""
    data = facts((1, 200, 200), output=1)
    dense = checked([{"kind": "flatten"}, {"kind": "linear", "out_features": 40_000, "bias": False}], data)
    assert dense.nodes[1].parameters == 1_600_000_000
    filters = {"kind": "conv2d", "kernel_size": 10, "padding": "same", "bias": False}
    assert checked([{**filters, "out_channels": 1}], data).nodes[0].parameters == 100
    shared = checked([{**filters, "out_channels": 20}], data).nodes[0]
    assert shared.parameters == 2_000
    # A local layer without shared weights has as many weights as one shared filter does products: 4 million.
    assert shared.multiply_adds // 20 == 40_000 * 100 == 4_000_000


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "out"), [(7, 3, 2, 0, 3), (7, 3, 1, 0, 5), (32, 5, 1, 2, 32)]
)
def test_where_a_filter_fits(size, kernel, stride, padding, out):
    conv = {"kind": "conv2d", "out_channels": 1, "kernel_size": kernel, "stride": stride, "padding": padding}
    assert checked([conv], facts((1, size, size))).nodes[0].output_shape == [1, out, out]


@pytest.mark.parametrize(("between", "is_one"), [("identity", True), ("relu", False)])
def test_two_convolutions_with_nothing_between_are_one(between, is_one):
    """3×3 after 3×3 is 5×5: the kernels convolved with each other."""
    specs = [
        {"id": "first", "kind": "conv2d", "out_channels": 4, "kernel_size": 3, "bias": False},
        {"kind": between},
        {"id": "second", "kind": "conv2d", "out_channels": 2, "kernel_size": 3, "bias": False},
    ]
    net = network(specs, facts((3, 9, 9), output=(2, 5, 5))).double()
    first, second = (net.layers[name].weight.detach() for name in ("first", "second"))
    both = torch.nn.functional.conv2d(first.transpose(0, 1), second.flip(2, 3), padding=2).transpose(0, 1)
    x = torch.randn(2, 3, 9, 9, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    one = torch.nn.functional.conv2d(x, both)
    assert both.shape == (2, 3, 5, 5)
    assert torch.allclose(net(x), one) is is_one


def test_a_residual_block_is_told_as_its_parts():
    """The same block by hand: two convolutions with norms, a projection, add."""
    conv = {"kind": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": 1, "bias": False}
    parts = [
        {**conv, "stride": 2, "inputs": ["input"]},
        {"kind": "batch_norm"},
        {"kind": "relu"},
        conv,
        {"id": "inner", "kind": "batch_norm"},
        {**conv, "kernel_size": 1, "padding": 0, "stride": 2, "inputs": ["input"]},
        {"id": "skip", "kind": "batch_norm"},
        {"kind": "add", "inputs": ["inner", "skip"]},
        {"kind": "relu"},
    ]
    data = facts((4, 9, 9), output=(8, 5, 5))
    by_hand = checked(parts, data)
    block = checked([{"kind": "residual", "out_channels": 8, "stride": 2}], data)
    assert by_hand.ok
    assert block.ok
    assert block.totals.parameters == by_hand.totals.parameters
    assert block.totals.multiply_adds == by_hand.totals.multiply_adds
    assert block.nodes[0].receptive_field == by_hand.nodes[-1].receptive_field
