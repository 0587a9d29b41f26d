"""Variants in lockstep against the same specs trained alone: curves, weights, memories, ends."""

from typing import Any

import pytest
import torch
from layerlab.training.assemble import assemble
from layerlab.training.lockstep.group import Group, assemble_group
from layerlab.training.report import StepReport
from layerlab.training.trainer import Trainer
from layerlab_schemas.run import RunSpec

MLP = [
    {"kind": "linear", "out_features": 8},
    {"kind": "tanh"},
    {"kind": "linear", "out_features": 8},
    {"kind": "tanh"},
    {"kind": "linear", "out_features": 2},
]
CNN = [
    {"kind": "conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1},
    {"kind": "batch_norm"},
    {"kind": "relu"},
    {"kind": "max_pool2d", "kernel_size": 2},
    {"kind": "flatten"},
    {"kind": "linear", "out_features": 10},
]


def spec(dataset: str, graph: list[dict[str, Any]], *, steps: int = 200, batch: int = 10, **more: Any) -> RunSpec:
    training = {
        "epochs": None,
        "max_steps": steps,
        "eval_every": 50,
        "seed": 1,
        "device": "cpu",
        **more.pop("training", {}),
    }
    data = {"dataset": dataset, "batch_size": batch}
    return RunSpec.model_validate({"data": data, "graph": graph, "training": training, **more})


def sgd(lr: float, **fields: Any) -> dict[str, Any]:
    return {"kind": "sgd", "lr": lr, "momentum": 0.0, **fields}


CASES: dict[str, list[RunSpec]] = {
    "plain descent": [
        spec("moons", MLP, optimizer=sgd(lr), init={"scheme": scheme})
        for lr, scheme in [(0.05, "zeros"), (0.1, "xavier_normal"), (0.2, "kaiming_normal")]
    ],
    "momentum and decay": [
        spec("moons", MLP, optimizer=sgd(lr, momentum=m, weight_decay=0.01)) for lr, m in [(0.01, 0.9), (0.02, 0.5)]
    ],
    "adam": [spec("moons", MLP, optimizer={"kind": "adam", "lr": lr}) for lr in (0.001, 0.01)],
    "adamw, clipped and penalised": [
        spec(
            "moons",
            MLP,
            optimizer={"kind": "adam", "lr": 0.01, "weight_decay": 0.1, "decoupled_weight_decay": True},
            regularization=one,
        )
        for one in ({}, {"l1": 0.001}, {"l2": 0.01, "clip_grad_norm": 0.1}, {"clip_grad_value": 0.01})
    ],
    "a schedule of its own each": [
        spec("moons", MLP, optimizer=sgd(0.1), schedule=one)
        for one in ({"kind": "constant"}, {"kind": "cosine"}, {"kind": "constant", "warmup_steps": 20})
    ],
    "convolution with batch norm": [spec("digits", CNN, batch=64, optimizer=sgd(lr)) for lr in (0.01, 0.05)],
    "numbers": [
        spec(
            "diabetes",
            [{"kind": "linear", "out_features": 8}, {"kind": "relu"}, {"kind": "linear", "out_features": 1}],
            optimizer=sgd(lr),
        )
        for lr in (0.001, 0.01)
    ],
}


def alone(one: RunSpec) -> tuple[Trainer, list[StepReport]]:
    trainer = assemble(one).trainer
    return trainer, list(trainer.steps())


def together(specs: list[RunSpec]) -> tuple[Group, list[list[StepReport]]]:
    group = Group(assemble_group(specs))
    reports: list[list[StepReport]] = [[] for _ in specs]
    steps = {place: member.steps() for place, member in enumerate(group.members)}
    while steps:
        for place, own in list(steps.items()):
            if (report := next(own, None)) is not None:
                reports[place].append(report)
            else:
                group.leave(group.members[place])
                del steps[place]
    return group, reports


@pytest.mark.parametrize("case", CASES)
def test_each_variant_trains_as_if_it_were_alone(case):
    torch.set_num_threads(1)
    specs = CASES[case]
    group, found = together(specs)
    for one, member, reports in zip(specs, group.members, found, strict=True):
        trainer, expected = alone(one)
        assert len(reports) == len(expected)
        for mine, theirs in zip(reports, expected, strict=True):
            assert mine.scalars().keys() == theirs.scalars().keys()
            assert mine.scalars() == pytest.approx(theirs.scalars(), rel=2e-3, abs=2e-3), mine.step
            assert (mine.step, mine.epoch, mine.batch_size) == (theirs.step, theirs.epoch, theirs.batch_size)
        state, wanted = member.state(), trainer.state()
        assert state.facts == wanted.facts
        assert state.tensors.keys() == wanted.tensors.keys()
        for name, value in wanted.tensors.items():
            torch.testing.assert_close(
                state.tensors[name], value, rtol=5e-3, atol=5e-4, msg=lambda text, name=name: f"{name}: {text}"
            )
        assert member.outcome == trainer.outcome


def test_the_variants_are_not_all_the_same():
    _, found = together(CASES["adam"])
    assert found[0][-1].loss != pytest.approx(found[1][-1].loss, rel=1e-3)
