"""The same spec and seed give the same run, bit for bit: again, watched, paused, resumed from the disk."""

import pytest
import torch
from layerlab.training import checkpoint
from layerlab.training.assemble import assemble
from layerlab.training.state import StateMismatch, weights_digest
from layerlab_schemas.run import RunChange

from tests.backend.training.specs import TOKENS, digits, losses, plane, spec

RUNS = {
    "digits with sgd": digits(),
    "digits with adam": digits(optimizer={"kind": "adam", "amsgrad": True}),
    "digits with everything": digits(
        optimizer={"kind": "sgd", "nesterov": True, "weight_decay": 1e-3},
        schedule={"kind": "cosine"},
        regularization={"l1": 1e-4, "l2": 1e-3, "clip_grad_norm": 0.5},
    ),
    "plane with adamw": plane(optimizer={"kind": "adamw"}),
    "plane with rmsprop": plane(optimizer={"kind": "rmsprop", "momentum": 0.5, "centered": True}),
    "plane with adagrad": plane(optimizer={"kind": "adagrad", "lr_decay": 0.01}),
    "plane with gd": plane(optimizer={"kind": "gd"}, training={"epochs": 9}),
    "plane with adadelta": plane(optimizer={"kind": "adadelta"}),
    "plane with nadam": plane(optimizer={"kind": "nadam"}),
    "digits with lbfgs": digits(optimizer={"kind": "lbfgs", "max_iter": 3}, training={"epochs": 9}),
    "digits with muon": digits(optimizer={"kind": "muon"}),
    "plane with decoupled decay": plane(
        optimizer={"kind": "sgd", "weight_decay": 0.1, "decoupled_weight_decay": True},
        regularization={"clip_grad_value": 0.05},
    ),
    "plane on a plateau": plane(
        schedule={"kind": "reduce_on_plateau", "factor": 0.5, "patience": 1, "threshold": 0.5},
        training={"eval_every": 1},
    ),
    "plane with one cycle": plane(schedule={"kind": "one_cycle"}),
    "plane with restarts": plane(schedule={"kind": "cosine_restarts", "T_0": 1, "warmup_steps": 3}),
    "tokens": spec(
        data={"dataset": "parity", "params": {"samples": 100, "length": 6, "encoding": "token"}, "batch_size": 20},
        graph=TOKENS,
    ),
}


@pytest.fixture(params=RUNS.values(), ids=RUNS.keys())
def run(request):
    return request.param


def test_again(run):
    first, second = assemble(run), assemble(run)
    assert losses(first) == losses(second)
    assert weights_digest(first.network) == weights_digest(second.network)


def test_another_seed_is_another_run():
    first, second = assemble(plane()), assemble(plane(training={"seed": 1}))
    assert losses(first) != losses(second)


def test_watched(run):
    """A viewer records every batch, looks at weights and gradients, and evaluates on its own between steps."""
    bare, watched = assemble(run), assemble(run)
    expected = losses(bare)
    seen = []
    steps = watched.trainer.steps()
    while True:
        with watched.network.recording() as record:
            report = next(steps, None)
        if report is None:
            break
        if report.loss is not None:
            assert len(record.outputs[watched.plan.output]) == report.batch_size
            seen.append(report.loss)
        watched.network.eval()
        with torch.no_grad():
            watched.network(watched.data.validation_inputs[:5])
        watched.network.train()
    assert seen == expected
    assert weights_digest(bare.network) == weights_digest(watched.network)


@pytest.mark.parametrize("stop_at", [0, 1, 5, 8])
def test_resumed_from_the_disk(run, stop_at, tmp_path):
    """Also in the middle of an epoch; the random masks, momenta and running statistics go on."""
    whole = assemble(run)
    expected = losses(whole)
    broken_off = assemble(run)
    steps = broken_off.trainer.steps()
    for _ in range(1 + stop_at):
        next(steps)
    checkpoint.save(broken_off.trainer.state(), tmp_path)

    resumed = assemble(run)
    state = checkpoint.load_newest(tmp_path)
    assert state is not None
    resumed.trainer.load_state(state)
    assert resumed.trainer.step == stop_at
    assert losses(resumed) == expected[stop_at:]
    assert weights_digest(resumed.network) == weights_digest(whole.network)
    assert resumed.trainer.state().facts == whole.trainer.state().facts


def test_taking_the_state_changes_nothing(run):
    bare, asked = assemble(run), assemble(run)
    expected = losses(bare)
    seen = []
    for report in asked.trainer.steps():
        asked.trainer.state()
        seen.append(report.loss)
    assert seen[1:] == expected


def test_live_changes_survive_a_resume():
    change = RunChange.model_validate(
        {
            "optimizer": {"kind": "adam", "lr": 0.002},
            "data": {"batch_size": 40},
            "regularization": {"l2": 0.01, "clip_grad_norm": 1.0},
            "dropout": 0.6,
        }
    )
    whole, broken_off, resumed = (assemble(digits()) for _ in range(3))
    expected: list[float | None] = []
    for report in whole.trainer.steps():
        expected.append(report.loss)
        if report.step == 3:
            whole.trainer.apply(change)
    for report in broken_off.trainer.steps():
        if report.step == 3:
            broken_off.trainer.apply(change)
        if report.step == 6:
            break
    resumed.trainer.load_state(broken_off.trainer.state())
    assert losses(resumed) == expected[7:]
    assert weights_digest(resumed.network) == weights_digest(whole.network)


def test_a_state_of_another_network_is_refused():
    with pytest.raises(StateMismatch, match="another network"):
        assemble(plane()).trainer.load_state(assemble(digits()).trainer.state())


def test_convolutions_run_with_channels_innermost_and_agree_with_the_plain_layout():
    """The fast layout is not another result: the first losses agree to rounding."""
    fast, plain = assemble(digits()), assemble(digits())
    assert fast.network.layers["conv2"].weight.is_contiguous(memory_format=torch.channels_last)
    plain.network.to(memory_format=torch.contiguous_format)
    torch.testing.assert_close(torch.tensor(losses(fast)[:6]), torch.tensor(losses(plain)[:6]), rtol=1e-3, atol=1e-5)
