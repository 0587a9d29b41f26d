"""Loss, optimizer and schedule as code."""

from dataclasses import dataclass

import torch
from torch import nn

from layerlab.export.transplant import Transplant
from layerlab.graph.plan import Plan, PlannedNode
from layerlab.losses.base import LossKind
from layerlab.optimizers.base import OptimizerKind
from layerlab.optimizers.muon import Muon, MuonParams, adamw_settings
from layerlab.training.choice import LossChoice, OptimizerChoice, ScheduleChoice


@dataclass(frozen=True, kw_only=True)
class Learning:
    """What the training loop must know.

    Attributes:
        optimizer: The call that makes it.
        full_batch: Each step takes all samples.
        looks_again: The optimizer calls back for loss and gradient.
        draws: The network has dropout, whose masks must then be the same in all looks of a step.
        has_statistics: The network has running statistics, which move once a step however often it is looked at.
        decay: Taken off the weights themselves before the step, where PyTorch's class does not do it.
        warmup: Steps in which the rate rises.
        watches: The schedule goes by the validation loss.
    """

    optimizer: str
    full_batch: bool
    looks_again: bool
    draws: bool
    has_statistics: bool
    decay: float
    warmup: int
    watches: bool


def write_learning(optimizer: OptimizerChoice, schedule: ScheduleChoice, plan: Plan, needed: Transplant) -> Learning:
    """Optimizer and schedule; ``needed`` gets the functions ``scheduled`` and, where it watches, ``remember``."""
    needed.method(schedule.kind, schedule.params, "scheduled", "scheduled")
    if schedule.kind.watches_validation:
        needed.method(schedule.kind, schedule.params, "remember", "remember")
    is_decoupled = getattr(optimizer.params, "decoupled_weight_decay", False) and not optimizer.kind.torch_decouples
    modules = [module for node in plan.nodes for module in _modules(node)]
    return Learning(
        optimizer=_call(optimizer, needed),
        full_batch=optimizer.kind.full_batch,
        looks_again=optimizer.kind.kind == "lbfgs",
        draws=any(hasattr(module, "generator") for module in modules),
        has_statistics=any(getattr(module, "running_mean", None) is not None for module in modules),
        decay=float(getattr(optimizer.params, "weight_decay", 0.0)) if is_decoupled else 0.0,
        warmup=int(getattr(schedule.params, "warmup_steps", 0)),
        watches=schedule.kind.watches_validation,
    )


def _modules(node: PlannedNode) -> list[nn.Module]:
    """A node's module and those inside it, without weights."""
    with torch.device("meta"):
        return list(node.layer.build(node.params, node.read_shapes, generator=torch.Generator()).modules())


def write_loss(loss: LossChoice, needed: Transplant, *, of_classes: bool, at_each_step: bool) -> None:
    """The functions ``loss_of`` and, for classes, ``predicted``; at each step ``answers`` and ``num_answers``."""
    if at_each_step:
        needed.method(loss.kind, loss.params, "batch_value", "loss_of")
        needed.method(loss.kind, loss.params, "answers", "answers")
        needed.function(LossKind.__module__, "num_answers")
        return
    needed.method(loss.kind, loss.params, "value", "loss_of")
    if of_classes:
        needed.method(loss.kind, loss.params, "predicted", "predicted")


def _call(optimizer: OptimizerChoice, needed: Transplant) -> str:
    """The optimizer with all its fields; the rate is set before each step."""
    settings = optimizer.kind.settings(optimizer.params)
    if isinstance(optimizer.kind, Muon):
        assert isinstance(optimizer.params, MuonParams)
        needed.function(Muon.__module__, "MuonWithAdamW")
        others = adamw_settings(optimizer.params)
        return f"MuonWithAdamW(list(model.parameters()), matrices={settings!r}, others={others!r}, speed={{}})"
    assert type(optimizer.kind).build is OptimizerKind.build, "its build is written here"
    fields = {"lr": "LR"} | {name: repr(value) for name, value in settings.items() if name != "lr"}
    told = ", ".join(f"{name}={value}" for name, value in fields.items())
    return f"torch.optim.{optimizer.kind.torch_class.__name__}(model.parameters(), {told})"
