"""Loss, optimizer and schedule as code."""

from layerlab.export.transplant import Transplant
from layerlab.training.choice import LossChoice, OptimizerChoice, ScheduleChoice


def write_loss(loss: LossChoice, needed: Transplant, *, of_classes: bool) -> None:
    """The functions ``loss_of`` and, for classes, ``predicted``."""
    needed.method(loss.kind, loss.params, "value", "loss_of")
    if of_classes:
        needed.method(loss.kind, loss.params, "predicted", "predicted")


def write_schedule(schedule: ScheduleChoice, needed: Transplant) -> None:
    """The function ``factor``: what the learning rate is multiplied by at a step."""
    needed.method(schedule.kind, schedule.params, "factor", "factor")


def optimizer_call(optimizer: OptimizerChoice, needed: Transplant) -> str:
    """The optimizer with all its fields."""
    cls = optimizer.kind.torch_class
    needed.imports.add("import torch")
    fields = {"lr": "LR"} | {
        name: repr(value) for name, value in optimizer.kind.settings(optimizer.params).items() if name != "lr"
    }
    told = ", ".join(f"{name}={value}" for name, value in fields.items())
    return f"torch.optim.{cls.__name__}(model.parameters(), {told})"
