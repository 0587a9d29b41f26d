"""The receptive field of every place, against what the gradient of that place reaches."""

import pytest
import torch
from layerlab.graph.seen import seen_by
from layerlab.training.assemble import assemble
from layerlab_schemas.run import RunSpec

END = [{"kind": "flatten"}, {"kind": "linear", "out_features": 6}]


def conv(name, kernel=3, **fields):
    return {"id": name, "kind": "conv2d", "out_channels": 2, "kernel_size": kernel, **fields}


NETS = {
    "strides and padding": [conv("a", 3, stride=2, padding=1), conv("b", [2, 3], padding=[1, 0]), {"id": "p",
        "kind": "avg_pool2d", "kernel_size": 2}],
    "dilation": [conv("a", 3, dilation=2, padding=4), conv("b", 2, dilation=[1, 3], stride=[2, 1])],
    "same, also uneven": [conv("a", 4, padding="same"), conv("b", 3, padding="same", dilation=2)],
    "more padding than kernel": [conv("a", 2, padding=3), conv("b", 3, stride=2)],
    "pools": [{"id": "p", "kind": "avg_pool2d", "kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True},
        {"id": "q", "kind": "avg_pool2d", "kernel_size": 2, "stride": 1}],
    "transposed": [conv("a", 3, stride=2), {"id": "t", "kind": "conv_transpose2d", "out_channels": 2, "kernel_size": 3,
        "stride": 2, "padding": 1, "output_padding": 1}, {"id": "u", "kind": "conv_transpose2d", "out_channels": 2,
        "kernel_size": 2, "stride": 3, "dilation": 2}],
    "up": [conv("a", 3, stride=2), {"id": "u", "kind": "upsample", "scale_factor": 2}, {"id": "v", "kind": "upsample",
        "scale_factor": 3, "mode": "bilinear"}],
    "branches": [conv("a", 3, padding=1), conv("b", 5, padding=2, inputs=["a"]), conv("c", 1, inputs=["input"]),
        {"id": "s", "kind": "add", "inputs": ["b", "c"]}, {"id": "j", "kind": "concat", "inputs": ["s", "a"]}],
    "residual": [{"id": "r", "kind": "residual", "out_channels": 4, "stride": 2, "norm": "none"},
        {"id": "q", "kind": "residual", "kernel_size": 5, "norm": "none"}],
}  # fmt: skip


def given(network, x, node):
    """What a node gives, with the way back to the input."""
    kept = {}
    hook = network.layers[node].register_forward_hook(lambda module, read, value: kept.update(value=value))
    network(x)
    hook.remove()
    return kept["value"]


def reached(value, x, place):
    """First and last place along each axis of ``x`` that ``value`` at ``place`` depends on; None where none."""
    is_image = x.dim() == 4
    at = (slice(None), slice(None), *place) if is_image else (slice(None), *place)
    (gradient,) = torch.autograd.grad(value[at].sum(), x, retain_graph=True)
    places = gradient.abs().sum((0, 1) if is_image else (0, 2)).nonzero()
    return None if len(places) == 0 else list(zip(places.amin(0).tolist(), places.amax(0).tolist(), strict=True))


def built(graph, data):
    network = assemble(RunSpec.model_validate({"data": data, "graph": graph})).network.eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.abs_().add_(0.01)  # no product of paths cancels another, and every ReLU is open
    return network


@pytest.mark.parametrize("name", NETS)
def test_each_pixel_sees_what_its_gradient_reaches(name):
    data = {"dataset": "shapes", "params": {"size": 11, "samples": 20, "colour": "colour"}}
    network = built([*NETS[name], *END], data)
    x, seen = (torch.rand(1, 3, 11, 11) + 0.1).requires_grad_(), seen_by(network)
    for node in NETS[name]:
        value = given(network, x, node["id"])
        height, width = value.shape[2:]
        rows, columns = seen[node["id"]]
        assert (len(rows), len(columns)) == (height, width)
        for i, j in {(0, 0), (0, width - 1), (height // 2, width // 3), (height - 1, 0), (height - 1, width - 1)}:
            wanted, found = reached(value, x, (i, j)), [rows[i], columns[j]]
            if wanted is None:
                assert any(low > high for low, high in found)
            else:
                assert found == wanted, f"{node['id']} [{i}, {j}]"


@pytest.mark.parametrize("padding", ["causal", "same", 2])
def test_each_step_sees_what_its_gradient_reaches(padding):
    graph = [
        {"id": "a", "kind": "conv1d", "out_channels": 3, "kernel_size": 4, "padding": padding},
        {"id": "n", "kind": "layer_norm"},
        {"id": "p", "kind": "max_pool1d", "kernel_size": 1, "stride": 2},
        {"id": "b", "kind": "conv1d", "out_channels": 3, "kernel_size": 3, "dilation": 2, "inputs": ["p"]},
        {"kind": "global_avg_pool"},
        {"kind": "linear", "out_features": 1},
    ]
    network = built(graph, {"dataset": "adding", "params": {"samples": 40}})
    steps, features = network.plan.data.input_shape
    x, seen = (torch.rand(1, steps, features) + 0.1).requires_grad_(), seen_by(network)
    value = given(network, x, "a")
    for node in ("a", "p", "b"):
        (spans,) = seen[node]
        assert len(spans) == network.plan.by_id[node].output_shape[0]
    for step in (0, 1, steps // 2, len(seen["a"][0]) - 1):
        assert [seen["a"][0][step]] == reached(value, x, (step,))
    assert seen["p"][0] == seen["a"][0][::2]


def test_nodes_that_mix_all_places_are_left_out():
    network = built([conv("a"), {"id": "flat", "kind": "flatten"}, {"id": "f", "kind": "linear", "out_features": 6}],
                    {"dataset": "shapes", "params": {"size": 11, "samples": 20}})  # fmt: skip
    assert set(seen_by(network)) == {"input", "a"}


def test_images_side_by_side_have_no_rectangle_for_each_row():
    graph = [conv("a"), conv("b", inputs=["input"]), {"kind": "concat", "dim": 2, "inputs": ["a", "b"]}, *END]
    network = built(graph,
                    {"dataset": "shapes", "params": {"size": 11, "samples": 20}})  # fmt: skip
    assert set(seen_by(network)) == {"input", "a", "b"}
