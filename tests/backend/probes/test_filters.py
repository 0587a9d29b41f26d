"""Filters of every convolution and templates of linear layers, against what the layers do with an input."""

import pytest
import torch
from layerlab.probes.kernels import kernel_of
from layerlab.training.state import weights_digest
from layerlab_schemas.run import RunSpec
from torch import nn

from tests.backend.probes.watching import array, last, measure, watched

FLAT = [{"kind": "flatten"}, {"id": "logits", "kind": "linear", "out_features": 6}]
COLOURS = {"dataset": "shapes", "params": {"size": 12, "samples": 60, "colour": "colour"}}


def seen(graph, data=COLOURS, **more):
    return last(RunSpec.model_validate({"data": data, "graph": graph, "training": {"max_steps": 2}, **more}))


def test_filters_of_every_convolution_are_its_weights():
    graph = [
        {"id": "first", "kind": "conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1},
        {"id": "block", "kind": "residual", "out_channels": 6, "stride": 2},
        {"id": "up", "kind": "conv_transpose2d", "out_channels": 5, "kernel_size": 2, "stride": 2},
        *FLAT,
    ]
    assembly, context = seen(graph)
    frame = measure("filters", context)
    layers = assembly.network.layers
    wanted = {
        ("first", "weight"): layers["first"].weight,
        ("block", "conv1.weight"): layers["block"].conv1.weight,
        ("block", "conv2.weight"): layers["block"].conv2.weight,
        ("block", "skip.0.weight"): layers["block"].skip[0].weight,
        ("up", "weight"): layers["up"].weight.transpose(0, 1),
    }
    assert [(item.node, item.parameter) for item in frame.items] == list(wanted)
    for item, weight in zip(frame.items, wanted.values(), strict=True):
        assert (array(item.images) == weight.detach().numpy()).all()
        assert (item.total, item.num_channels) == weight.shape[:2]
        assert item.high == -item.low == pytest.approx(float(weight.detach().abs().max()))
    assert [item.in_colour for item in frame.items] == [True, False, False, False, False]


@pytest.mark.parametrize("groups", [1, 2])
def test_a_transposed_kernel_is_turned_group_by_group(groups):
    """One pixel alone paints the kernels of its channel: what comes out is the picture of the filter."""
    layer = nn.ConvTranspose2d(4, 6, 3, groups=groups, bias=False)
    kernel = kernel_of(layer)
    for channel in range(4):
        pixel = torch.zeros(1, 4, 1, 1)
        pixel[0, channel] = 1
        painted = layer(pixel)[0].detach()
        group, inside = divmod(channel, 4 // groups)
        for out in range(6):
            wanted = kernel[out, inside] if out // (6 // groups) == group else torch.zeros(3, 3)
            assert torch.equal(painted[out], wanted)


def test_a_filter_over_steps_is_one_row_high():
    graph = [
        {"kind": "embedding", "embedding_dim": 5},
        {"id": "conv", "kind": "conv1d", "out_channels": 7, "kernel_size": 3},
        {"kind": "global_avg_pool"},
        {"kind": "linear", "out_features": 1},
    ]
    data = {"dataset": "parity", "params": {"encoding": "token", "shortest": 4, "samples": 100}}
    assembly, context = seen(graph, data, loss={"kind": "bce"})
    (item,) = measure("filters", context).items
    assert (array(item.images)[:, :, 0] == assembly.network.layers["conv"].weight.detach().numpy()).all()


def test_wide_layers_send_their_first_channels_and_say_how_many_there_are():
    graph = [
        {"id": "a", "kind": "conv2d", "out_channels": 100, "kernel_size": 3},
        {"id": "b", "kind": "conv2d", "out_channels": 130, "kernel_size": 5, "padding": 2},
        {"id": "c", "kind": "conv2d", "out_channels": 8, "kernel_size": 3},
        *FLAT,
    ]
    assembly, context = seen(graph)
    first, wide, small = measure("filters", context).items
    assert array(first.images).shape == (64, 3, 3, 3)
    assert (wide.total, wide.num_channels) == (130, 100)
    sent = array(wide.images)
    assert sent.shape[0] == 64
    assert 8 <= sent.shape[1] < 100
    assert (sent == assembly.network.layers["b"].weight.detach()[:64, : sent.shape[1]].numpy()).all()
    assert array(small.images).shape == (8, 130, 3, 3)
    assert sum(array(item.images).size for item in (first, wide, small)) <= 65_536


def test_templates_give_the_scores_of_softmax_regression():
    assembly, context = seen([{"kind": "flatten"}, {"id": "logits", "kind": "linear", "out_features": 10}],
                             {"dataset": "digits"})  # fmt: skip
    (item,) = measure("templates", context).items
    templates, x = torch.tensor(array(item.images)), assembly.data.validation_inputs[:5]
    assert templates.shape == (10, 1, 8, 8)
    bias = assembly.network.layers["logits"].bias.detach()
    scores = (templates[None] * x[:, None]).sum((2, 3, 4)) + bias
    assert torch.allclose(scores, assembly.network(x).detach(), atol=1e-5)
    assert item.names == list("0123456789")
    assert not item.in_colour


def test_templates_of_the_first_hidden_layer_in_colour():
    graph = [{"kind": "flatten"}, {"kind": "dropout", "p": 0.1}, {"id": "hidden", "kind": "linear", "out_features": 70},
             {"kind": "relu"}, {"kind": "linear", "out_features": 6}]  # fmt: skip
    assembly, context = seen(graph)
    (item,) = measure("templates", context).items
    weight = assembly.network.layers["hidden"].weight.detach()
    assert (array(item.images) == weight.reshape(70, 3, 12, 12)[:64].numpy()).all()
    assert (item.node, item.total, item.in_colour, item.names) == ("hidden", 70, True, [])


def test_a_linear_layer_behind_a_convolution_has_no_templates():
    """One of as many features as there are pixels, too: they are not the pixels."""
    graph = [{"kind": "conv2d", "out_channels": 3, "kernel_size": 3, "padding": 1}, *FLAT]
    _, context = seen(graph)
    assert measure("templates", context) is None


def test_looking_at_templates_filters_and_pixels_changes_no_bit():
    graph = [
        {"id": "hidden", "kind": "linear", "out_features": 192, "inputs": ["flat"]},
        {"kind": "reshape", "shape": [3, 8, 8]},
        {"kind": "residual", "out_channels": 4},
        {"kind": "conv_transpose2d", "out_channels": 3, "kernel_size": 2, "stride": 2},
        *FLAT,
    ]
    body = {"data": COLOURS, "graph": [{"id": "flat", "kind": "flatten"}, *graph], "training": {"max_steps": 4}}
    run, outcomes = RunSpec.model_validate(body), []
    for looks in (True, False):
        for assembly, context, loss in watched(run):
            found = [measure(kind, context) for kind in ("templates", "filters", "pixel_arithmetic") if looks]
            assert all(frame is not None for frame in found)
            outcome = (loss, weights_digest(assembly.network))
        outcomes.append(outcome)
    assert outcomes[0] == outcomes[1]
