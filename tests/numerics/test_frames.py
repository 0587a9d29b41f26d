"""Layers of images on clips [N, T, C, H, W]: what PyTorch's own module gives for each frame by itself."""

import pytest
import torch
from layerlab import layers
from torch import nn

from tests.backend.graph.building import facts, network

FRAMES, IMAGE = 3, (4, 6, 6)
ON_IMAGES = [
    ({"kind": "conv2d", "out_channels": 5, "kernel_size": 3, "padding": 1, "stride": 2},
     lambda: nn.Conv2d(4, 5, 3, padding=1, stride=2)),
    ({"kind": "conv_transpose2d", "out_channels": 2, "kernel_size": 2, "stride": 2},
     lambda: nn.ConvTranspose2d(4, 2, 2, stride=2)),
    ({"kind": "max_pool2d", "kernel_size": 2}, lambda: nn.MaxPool2d(2)),
    ({"kind": "avg_pool2d", "kernel_size": 3, "stride": 1}, lambda: nn.AvgPool2d(3, 1)),
    ({"kind": "global_avg_pool"}, lambda: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())),
    ({"kind": "upsample", "scale_factor": 2}, lambda: nn.Upsample(scale_factor=2)),
    ({"kind": "layer_norm"}, lambda: nn.LayerNorm(IMAGE)),
    ({"kind": "rms_norm"}, lambda: nn.RMSNorm(IMAGE)),
    ({"kind": "group_norm", "num_groups": 2}, lambda: nn.GroupNorm(2, 4)),
    ({"kind": "instance_norm", "affine": True}, lambda: nn.InstanceNorm2d(4, affine=True)),
    ({"kind": "softmax"}, lambda: nn.Softmax(1)),
    ({"kind": "relu"}, nn.ReLU),
]  # fmt: skip


def on_clips(*graph):
    """A network of these nodes, with an answer behind them."""
    end = [{"kind": "flatten"}, {"id": "scores", "kind": "linear", "out_features": 10}]
    return network([*graph, *end], facts((FRAMES, *IMAGE)))


def filled(ours: nn.Module, theirs: nn.Module) -> None:
    """Both get the same weights."""
    with torch.no_grad():
        for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
            one.copy_(torch.rand(one.shape) - 0.4)
            other.copy_(one)


@pytest.mark.parametrize(("node", "made"), ON_IMAGES, ids=lambda one: one["kind"] if isinstance(one, dict) else "")
def test_each_frame_is_an_image(node, made):
    torch.manual_seed(0)
    ours, theirs = on_clips({"id": "it", **node}), made()
    filled(ours.layers["it"], theirs)
    x = torch.randn(2, FRAMES, *IMAGE)
    with ours.recording() as recording:
        ours(x)
    wanted = torch.stack([theirs(frame) for frame in x.unbind(1)], dim=1)
    given = recording.outputs["it"]
    assert given.shape == wanted.shape == (2, *ours.plan.by_id["it"].output_shape)
    assert torch.allclose(given, wanted, atol=1e-5)


def test_all_kinds_that_work_frame_by_frame_are_compared():
    apart = {"batch_norm", "dropout2d", "residual"}
    assert {kind.kind for kind in layers.REGISTRY if kind.by_frame} <= {node["kind"] for node, _ in ON_IMAGES} | apart


def test_batch_norm_is_that_of_three_dimensions():
    """Mean and variance of a channel are over samples, frames, rows and columns, as of ``nn.BatchNorm3d``."""
    ours, theirs = on_clips({"id": "it", "kind": "batch_norm"}), nn.BatchNorm3d(IMAGE[0])
    filled(ours.layers["it"], theirs)
    for _ in range(2):
        x = torch.randn(5, FRAMES, *IMAGE) * 3 + 1
        with ours.recording() as recording:
            ours(x)
        wanted = theirs(x.transpose(1, 2)).transpose(1, 2)
        assert torch.allclose(recording.outputs["it"], wanted, atol=1e-5)
    assert torch.allclose(ours.layers["it"].running_var, theirs.running_var)
    assert torch.allclose(ours.layers["it"].running_mean, theirs.running_mean)
    assert ours.plan.by_id["it"].norm_axes == "N, T, H, W"


def test_dropout_takes_whole_maps_of_single_frames():
    net = on_clips({"id": "it", "kind": "dropout2d", "p": 0.5})
    with net.recording() as recording:
        net(torch.ones(40, FRAMES, *IMAGE))
    given = recording.outputs["it"]
    assert set(given.unique().tolist()) == {0.0, 2.0}
    kept = given.amax((3, 4))
    assert torch.equal(given.amin((3, 4)), kept)
    assert 0 < (kept != kept[:, :1]).float().mean() < 1


def test_gradients_are_sums_over_frames():
    """Of a convolution behind ``nn.Flatten(2)`` and an LSTM: what PyTorch gives for the same written by hand."""
    graph = [
        {"id": "conv", "kind": "conv2d", "out_channels": 2, "kernel_size": 3},
        {"kind": "flatten", "start_dim": 2},
        {"id": "lstm", "kind": "lstm", "hidden_size": 5},
        {"id": "scores", "kind": "linear", "out_features": 10},
    ]
    ours = network(graph, facts((FRAMES, *IMAGE)))
    conv, lstm, last = nn.Conv2d(4, 2, 3), nn.LSTM(32, 5, batch_first=True), nn.Linear(5, 10)
    for theirs, node in ((conv, "conv"), (lstm, "lstm"), (last, "scores")):
        filled(ours.layers[node], theirs)
    x = torch.randn(3, FRAMES, *IMAGE)
    maps = torch.stack([conv(frame) for frame in x.unbind(1)], dim=1)
    wanted = last(lstm(nn.Flatten(2)(maps))[0][:, -1])
    given = ours(x)
    assert torch.allclose(given, wanted, atol=1e-5)
    given.square().sum().backward()
    wanted.square().sum().backward()
    assert torch.allclose(ours.layers["conv"].weight.grad, conv.weight.grad, atol=1e-4, rtol=1e-4)


def test_channels_of_clips_are_joined():
    net = on_clips({"id": "it", "kind": "concat", "inputs": ["input", "input"]})
    assert net.plan.by_id["it"].output_shape == (FRAMES, 8, 6, 6)
