"""Norms and dropouts inside blocks are measured like those that are nodes; all of it against PyTorch."""

import numpy as np
import pytest
import torch
from layerlab import probes
from layerlab.training.assemble import assemble
from layerlab.training.state import weights_digest
from layerlab_schemas.run import RunSpec
from torch import nn

from tests.backend.probes.watching import array, context_of, last, measure, spec, watched

RESIDUAL = [
    {"id": "conv", "kind": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": 1},
    {"id": "block", "kind": "residual", "out_channels": 8, "stride": 2},
    {"kind": "flatten"},
    {"id": "drop", "kind": "dropout", "p": 0.4},
    {"kind": "linear", "out_features": 10},
]
TRANSFORMER = [
    {"id": "words", "kind": "embedding", "embedding_dim": 8},
    {"id": "block", "kind": "transformer_block", "num_heads": 2, "dropout": 0.25},
    {"kind": "global_avg_pool"},
    {"kind": "linear", "out_features": 2},
]
PARITY = {"dataset": "parity", "params": {"length": 6, "samples": 64, "encoding": "token"}, "batch_size": 16}


def transformer_spec() -> RunSpec:
    return RunSpec.model_validate(spec(TRANSFORMER).model_dump() | {"data": PARITY})


@pytest.fixture
def passed():
    """A residual net and what a probe sees after one forward pass of a batch, weights not updated since."""
    assembly = assemble(spec(RESIDUAL))
    with assembly.network.recording() as recording:
        assembly.network(assembly.data.train_inputs[:32])
    return assembly, context_of(assembly, recording)


def test_norms_of_a_residual_block(passed):
    """What each norm reads is computed with PyTorch's own functions."""
    assembly, context = passed
    items = {item.node: item for item in measure("norm_statistics", context).items}
    assert list(items) == ["block.norm1", "block.norm2", "block.skip.1"]
    block = assembly.network.layers["block"]
    x = context.batch.inputs["block"][0]
    with torch.no_grad():
        first = nn.functional.conv2d(x, block.conv1.weight, stride=2, padding=1)
        bent = nn.functional.batch_norm(first, None, None, block.norm1.weight, block.norm1.bias, training=True).relu()
        second = nn.functional.conv2d(bent, block.conv2.weight, padding=1)
        skipped = nn.functional.conv2d(x, block.skip[0].weight, stride=2)
    for name, read in (("block.norm1", first), ("block.norm2", second), ("block.skip.1", skipped)):
        item = items[name]
        assert array(item.batch_mean) == pytest.approx(read.mean((0, 2, 3)).numpy(), rel=1e-3, abs=1e-5)
        assert array(item.batch_var) == pytest.approx(read.var((0, 2, 3), correction=0).numpy(), rel=1e-3, abs=1e-5)
        assert (item.axes, item.input_shape, item.total, item.momentum) == ("N, H, W", [8, 4, 4], 8, 0.1)
    mean = array(items["block.norm1"].batch_mean)
    assert array(items["block.norm1"].running_mean) == pytest.approx(0.1 * mean, rel=1e-4, abs=1e-6)


def test_norms_of_a_transformer_block_are_layer_norms_over_features():
    assembly, context = last(transformer_spec())
    items = {item.node: item for item in measure("norm_statistics", context).items}
    assert list(items) == ["block.norm1", "block.norm2"]
    item = items["block.norm2"]
    assert (item.kind, item.axes, item.input_shape, item.total) == ("layer_norm", "F", [6, 8], 6)
    ((read, gave),) = context.batch.inside["block.norm2"]
    assert torch.equal(gave, context.batch.outputs["block"])
    assert array(item.batch_mean) == pytest.approx(read.mean((0, 2)).numpy(), rel=1e-4, abs=1e-6)
    assert array(item.batch_var) == pytest.approx(read.var(-1, correction=0).mean(0).numpy(), rel=1e-4)
    norm = assembly.network.layers["block"].norm2
    assert (array(item.weight) == norm.weight.detach().numpy()).all()


@pytest.mark.parametrize(("norm", "expected"), [("batch_norm", 2), ("group_norm", 2), ("none", 0)])
def test_a_block_without_norms_has_none(norm, expected):
    graph = [{"kind": "residual", "norm": norm}, {"kind": "flatten"}, {"kind": "linear", "out_features": 10}]
    assembly, context = last(spec(graph, max_steps=1))
    frame = measure("norm_statistics", context)
    assert (len(frame.items) if frame else 0) == expected
    assert probes.REGISTRY.get("norm_statistics").applies(assembly.plan) == bool(expected)


def test_masks_are_what_the_generator_drew(passed):
    """Drawn again from the generator's first state, which the probe never looks at."""
    _, context = passed
    fresh = assemble(spec(RESIDUAL)).network.generators()["drop"]
    read = context.batch.inputs["drop"][0]
    kept = torch.empty_like(read).bernoulli_(0.6, generator=fresh).numpy()[:16, :128]
    (item,) = measure("dropout_masks", context).items
    mask, is_zero = array(item.values), (read == 0).numpy()[:16, :128]
    assert mask.shape == kept.shape
    assert is_zero.any()
    assert np.isnan(mask[is_zero]).all()
    assert (mask[~is_zero] == kept[~is_zero]).all()


def test_before_and_after_dropout(passed):
    _, context = passed
    read, gave = context.batch.inputs["drop"][0], context.batch.outputs["drop"]
    (item,) = measure("dropout_scaling", context).items
    assert item.series[1].name == "after, kept × 1.67"
    for series, values in zip(item.series, (read, gave), strict=True):
        counted = values[values != 0]
        assert array(series.y).sum() == pytest.approx(len(counted) / values.numel(), rel=1e-3)
        width = float(array(item.x)[1] - array(item.x)[0])
        mean = (array(series.y) * array(item.x)).sum()
        assert mean == pytest.approx(float(values.mean()), abs=width)
    assert f"{100 * float((gave == 0).double().mean()):.0f}\N{NO-BREAK SPACE}% after" in item.note
    assert "1 / (1 − p) = 1.67 for p = 0.4" in item.note


def test_dropout_of_whole_maps_and_of_attention():
    graph = [
        {"kind": "conv2d", "out_channels": 5, "kernel_size": 3},
        {"id": "drop", "kind": "dropout2d", "p": 0.5},
        {"kind": "flatten"},
        {"kind": "linear", "out_features": 10},
    ]
    _, context = last(spec(graph, max_steps=2))
    (item,) = measure("dropout_masks", context).items
    expected = (context.batch.outputs["drop"].abs().amax((2, 3)) > 0).numpy()[:16]
    assert (array(item.values) == expected).all()
    _, context = last(transformer_spec())
    items = {item.node: item for item in measure("dropout_masks", context).items}
    assert list(items) == [
        "block: attention weights", "block: attention", "block: hidden", "block: output",
    ]  # fmt: skip
    assert array(items["block: hidden"].values).shape == (6, 32)
    shares = [float(np.nanmean(array(item.values))) for item in items.values()]
    assert np.mean(shares) == pytest.approx(0.75, abs=0.1)


def test_no_dropout_no_frame():
    _, context = last(spec([{"kind": "flatten"}, {"kind": "linear", "out_features": 10}], max_steps=1))
    assert measure("dropout_masks", context) is None
    assert measure("dropout_scaling", context) is None


@pytest.mark.parametrize("run", [spec(RESIDUAL), transformer_spec()], ids=["residual", "transformer"])
def test_watching_what_is_inside_changes_nothing(run):
    """Weights, running statistics and masks are equal bit for bit, watched at every step or never."""
    losses, network = [], None
    for assembly, context, loss in watched(run):
        for probe in probes.REGISTRY:
            probe.measure(context)
        losses.append(loss)
        network = assembly.network
    alone = assemble(run)
    assert [report.loss for report in alone.trainer.steps()] == losses
    assert weights_digest(alone.network) == weights_digest(network)
    for name, draws in alone.network.generators().items():
        assert torch.equal(draws.get_state(), network.generators()[name].get_state())
