"""The pure step against the trainer, for all that it can do; and the trace of it."""

import pytest
import torch
from layerlab.training.assemble import assemble
from layerlab.training.engines.block import flat_step, traced
from layerlab.training.engines.functional import Values
from layerlab.training.engines.packing import form_of

from tests.backend.training.engines.stepping import eager, pure_step, tensors
from tests.backend.training.specs import PLANE, SURFACE, digits, plane, spec

NORMED = [
    {"kind": "conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1},
    {"kind": "batch_norm"},
    {"kind": "relu"},
    {"kind": "max_pool2d", "kernel_size": 2},
    {"kind": "flatten"},
    {"kind": "linear", "out_features": 10},
]
LIMITED = {"l1": 1e-3, "l2": 1e-2, "clip_grad_norm": 0.5, "clip_grad_value": 0.1}
SPECS = {
    "classes": plane(),
    "one score": plane(graph=[*PLANE[:2], {"kind": "linear", "out_features": 1}], loss={"kind": "bce"}),
    "numbers": spec(data={"dataset": "plane_regression", "batch_size": 20}, graph=SURFACE, optimizer={"kind": "adam"}),
    "images and norm": digits(graph=NORMED, optimizer={"kind": "sgd", "momentum": 0.5}),
    "limits": plane(regularization=LIMITED, optimizer={"kind": "adamw"}),
    "schedule": plane(optimizer={"kind": "nadam"}, schedule={"kind": "cosine"}),
}


@pytest.mark.parametrize("is_compiled", [True, False])
@pytest.mark.parametrize("name", SPECS)
def test_as_the_trainer(name, is_compiled):
    made, samples, rates, reports = eager(SPECS[name], 12)
    fresh = assemble(SPECS[name])
    step, inputs, targets = pure_step(fresh, is_compiled=is_compiled), fresh.data.train_inputs, fresh.data.train_targets
    weights = {name: one.detach() for name, one in fresh.network.named_parameters()}
    before = {name: one.clone() for name, one in weights.items()}
    values = Values(weights, dict(fresh.network.named_buffers()), [{} for _ in weights])
    for samples_b, rate, report in zip(samples, rates, reports, strict=True):
        at = torch.tensor(rate, dtype=torch.float64)
        values, told = step(values, inputs[samples_b], targets[samples_b], step.numbers(), at)
        assert told.loss.item() == pytest.approx(report.loss, rel=1e-4, abs=1e-6)
        assert told.penalty.item() == pytest.approx(report.penalty or 0.0, rel=1e-4)
        hit = report.error if report.accuracy is None else report.accuracy * len(samples_b)
        assert told.hit.item() == pytest.approx(hit, rel=1e-4)
    expected = tensors(made)
    for place, (name, weight) in enumerate(values.weights.items()):
        torch.testing.assert_close(weight, expected[f"network.{name}"], rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(values.gradients[place], expected[f"grad.{name}"], rtol=1e-3, atol=1e-5)
        for key, kept in values.kept[place].items():
            torch.testing.assert_close(kept, expected[f"optimizer.{name}.{key}"], rtol=1e-3, atol=1e-5)
    for name, buffer in values.buffers.items():
        torch.testing.assert_close(buffer, expected[f"network.{name}"], rtol=1e-4, atol=1e-5)
    for name, weight in weights.items():
        assert torch.equal(weight, before[name]), "a pure step writes to nothing that it was given"


@pytest.mark.parametrize("name", ["images and norm", "limits"])
def test_the_trace_gives_the_same_numbers(name):
    made = assemble(SPECS[name])
    step, size = pure_step(made), SPECS[name].data.batch_size
    inputs, targets = made.data.train_inputs.contiguous(), made.data.train_targets
    form = form_of(step, made.network, inputs[:size], targets[:size])
    flat = flat_step(step, form)
    rate = torch.tensor(0.01, dtype=torch.float64)
    weights = {name: one.detach() for name, one in made.network.named_parameters()}
    start = form.blank()
    floats, whole = form.pack(Values(weights, dict(made.network.named_buffers()), start.kept, start.gradients))
    given = floats, whole, inputs[:size], targets[:size], step.numbers(), rate
    graph = traced(flat, given)
    given = floats, whole, inputs[size : 2 * size], targets[size : 2 * size], step.numbers(), rate
    copies = [one.clone() for one in given]
    for mine, expected in zip(graph(*given), flat(*given), strict=True):
        torch.testing.assert_close(mine, expected, rtol=1e-4, atol=1e-5)
    for one, copy in zip(given, copies, strict=True):
        assert torch.equal(one, copy)


def test_packed_values_come_back():
    made = assemble(SPECS["images and norm"])
    step = pure_step(made)
    form = form_of(step, made.network, made.data.train_inputs[:25], made.data.train_targets[:25])
    draw = torch.Generator().manual_seed(0)
    floats, whole = form.pack(form.blank())
    floats, whole = torch.randn(floats.shape, generator=draw), torch.tensor([7] * len(whole))
    again = form.pack(form.unpack(floats, whole))
    assert torch.equal(again[0], floats)
    assert torch.equal(again[1], whole)
