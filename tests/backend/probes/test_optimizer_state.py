"""What optimizers remember, against PyTorch's own state and against the step that was really taken."""

import pytest
import torch
from layerlab import optimizers
from layerlab.training.assemble import assemble
from layerlab_schemas.run import RunSpec

from tests.backend.probes.watching import array, context_of, measure

NET = [
    {"id": "conv", "kind": "conv2d", "out_channels": 4, "kernel_size": 3},
    {"kind": "relu"},
    {"kind": "flatten"},
    {"id": "logits", "kind": "linear", "out_features": 10},
]
KEPT = {
    "sgd": {"momentum_buffer"},
    "adam": {"exp_avg", "exp_avg_sq"},
    "adamw": {"exp_avg", "exp_avg_sq"},
    "nadam": {"exp_avg", "exp_avg_sq"},
    "rmsprop": {"square_avg"},
    "adagrad": {"sum"},
    "adadelta": {"square_avg", "acc_delta"},
    "muon": {"momentum_buffer", "exp_avg", "exp_avg_sq"},
    "lbfgs": {"d", "prev_flat_grad"},
    "gd": set(),
}
#: Fields under which the effective step is the whole update.
EXACT = [
    {"kind": "sgd", "lr": 0.05, "momentum": 0.9, "weight_decay": 0.01},
    {"kind": "sgd", "lr": 0.05, "momentum": 0.9, "nesterov": True},
    {"kind": "adam", "lr": 0.01, "weight_decay": 0.01},
    {"kind": "adam", "lr": 0.01, "amsgrad": True},
    {"kind": "adamw", "lr": 0.01, "weight_decay": 0.0},
    {"kind": "nadam", "lr": 0.01},
    {"kind": "rmsprop", "lr": 0.01},
    {"kind": "rmsprop", "lr": 0.01, "momentum": 0.5, "centered": True},
    {"kind": "rmsprop", "lr": 0.01, "centered": True},
    {"kind": "adagrad", "lr": 0.05, "lr_decay": 0.1},
    {"kind": "adadelta", "lr": 1.0},
]


def stepped(optimizer, steps=4):
    run = RunSpec.model_validate(
        {
            "data": {"dataset": "digits", "batch_size": 32},
            "graph": NET,
            "optimizer": optimizer,
            "training": {"max_steps": steps, "epochs": None, "seed": 5},
        }
    )
    assembly = assemble(run)
    before = {}
    for report in assembly.trainer.steps():
        if report.step == steps:
            break
        before = {weight: weight.detach().clone() for weight in assembly.network.parameters()}
    return assembly, before


def test_every_kind_is_here():
    assert set(KEPT) == {kind.kind for kind in optimizers.REGISTRY}


@pytest.mark.parametrize("kind", KEPT)
def test_sizes_are_those_of_pytorchs_state(kind):
    assembly, _ = stepped({"kind": kind})
    frame = measure("optimizer_state", context_of(assembly))
    if not KEPT[kind]:
        assert frame.items == []
        assert frame.lack == "The optimizer remembers nothing of past gradients at this step."
        return
    assert {item.node for item in frame.items} - {"effective step"} == KEPT[kind]
    state = assembly.trainer._optimizer.state
    for item in frame.items:
        for series in item.series:
            for place, node in enumerate(item.x_names):
                weight = dict(assembly.network.layers[node].named_parameters())[series.name]
                if kind == "lbfgs" or item.node == "effective step":
                    continue
                mean, low, high = (array(part)[place] for part in (series.y, series.low, series.high))
                if item.node not in state[weight]:
                    assert mean != mean
                    continue
                sizes = state[weight][item.node].double().abs().flatten()
                assert mean == pytest.approx(float(sizes.mean()), rel=1e-5)
                assert (low, high) == pytest.approx(
                    sizes.quantile(torch.tensor([0.1, 0.9]).double()).tolist(), rel=1e-4
                )


def test_the_direction_of_lbfgs_is_dealt_to_the_weights():
    assembly, _ = stepped({"kind": "lbfgs", "max_iter": 4})
    kept = assembly.trainer.remembered()
    weights = list(assembly.network.parameters())
    state = assembly.trainer._optimizer.state[weights[0]]
    assert torch.equal(torch.cat([kept[weight]["d"].flatten() for weight in weights]), state["d"])
    assert [kept[weight]["d"].shape for weight in weights] == [weight.shape for weight in weights]


@pytest.mark.parametrize("optimizer", EXACT, ids=lambda one: "-".join(str(value) for value in one.values()))
def test_the_effective_step_is_the_step_that_was_taken(optimizer):
    assembly, before = stepped(optimizer)
    kept = assembly.trainer.remembered()
    assert len(kept) == 4
    for weight, values in kept.items():
        taken = before[weight].double() - weight.detach().double()
        torch.testing.assert_close(values["effective step"].double(), taken, rtol=2e-3, atol=3e-7)


def test_decoupled_decay_is_left_out_of_the_effective_step():
    assembly, before = stepped({"kind": "adamw", "lr": 0.01, "weight_decay": 0.1})
    for weight, values in assembly.trainer.remembered().items():
        taken = before[weight].double() * (1 - 0.01 * 0.1) - weight.detach().double()
        torch.testing.assert_close(values["effective step"].double(), taken, rtol=2e-3, atol=3e-7)


def test_nothing_is_told_where_the_gradient_was_mixed_with_weights_that_are_gone():
    assembly, _ = stepped({"kind": "rmsprop", "lr": 0.01, "weight_decay": 0.1})
    assert all("effective step" not in values for values in assembly.trainer.remembered().values())
