"""The update of one weight, in the optimizer's own terms."""

from typing import Any

import torch
from layerlab_schemas.frames import StepItem, StepValue
from torch import Tensor

from layerlab.analyses.recorded_step import RecordedStep
from layerlab.analyses.step_units import value
from layerlab.training.choice import OptimizerChoice


def update_phase(
    record: RecordedStep, optimizer: OptimizerChoice, *, node: str, name: str, place: tuple[int, ...]
) -> StepItem:
    """From the gradient to the new weight. Every number is the optimizer's own, read before and after its step.

    Args:
        record: The step.
        optimizer: Of the run, with its fields.
        node: Whose parameter it is.
        name: Full name of the parameter.
        place: Of the weight in the parameter.
    """
    old, new = record.weight(name, after=False)[place], record.weight(name, after=True)[place]
    weight_decay = float(getattr(optimizer.params, "weight_decay", 0.0))
    values = [value("w", old, "weight before"), *_gradients(record, name, place)]
    if weight_decay:
        values.append(value(r"\lambda", weight_decay, "weight decay"))
    values += _memory(record, optimizer, name, place)
    values += [
        value(r"\eta", record.report.learning_rate, "learning rate of this step"),
        value(r"\Delta w", new.double() - old.double(), "what the step adds"),
        value("w'", new, "weight after"),
    ]
    short = name.removeprefix(f"layers.{node}.")
    return StepItem(
        phase="update",
        node=node,
        title=f"{node}.{short} [{', '.join(str(index) for index in place)}] · {optimizer.kind.title}",
        formula=optimizer.kind.formula,
        output_shape=list(record.weight(name, after=True).shape),
        values=values,
    )


def _gradients(record: RecordedStep, name: str, place: tuple[int, ...]) -> list[StepValue]:
    """The gradient, and where penalties or a limit changed it what the optimizer gets."""
    raw, used = record.raw_gradients[name][place], record.gradients[name][place]
    found = [value("g", used, "gradient of the loss of the batch")]
    if not torch.equal(raw, used):
        found = [value("g", raw, "gradient of the loss of the batch"),
                 value("g'", used, "with penalties, after limits")]  # fmt: skip
    return found


def _memory(record: RecordedStep, optimizer: OptimizerChoice, name: str, place: tuple[int, ...]) -> list[StepValue]:
    """What the optimizer remembers of the weight, before and after."""
    keys = [key for key in record.memories(name) if _is_shaped(record, name, key)]
    known: dict[str, tuple[str, str]] = {
        "momentum_buffer": ("v", "momentum"),
        "exp_avg": ("m", "mean gradient"),
        "exp_avg_sq": ("v", "mean squared gradient"),
        "square_avg": ("v", "mean squared gradient"),
        "sum": ("G", "sum of squared gradients"),
    }
    values: list[StepValue] = []
    for key in keys:
        symbol, text = known.get(key, (r"\text{" + key.replace("_", r"\_") + "}", key))
        before, after = record.memory(name, key, after=False), record.memory(name, key, after=True)
        assert after is not None
        if before is None:
            values.append(value(symbol, None, f"{text}: none before the first step"))
        else:
            values.append(value(symbol, before[place], f"{text} before"))
        values.append(value(f"{symbol}'", after[place], f"{text} after ({key})"))
    return values + _corrected(record, optimizer, name, place)


def _is_shaped(record: RecordedStep, name: str, key: str) -> bool:
    kept = record.memory(name, key, after=True)
    return kept is not None and kept.shape == record.weight(name, after=True).shape


def _corrected(record: RecordedStep, optimizer: OptimizerChoice, name: str, place: tuple[int, ...]) -> list[StepValue]:
    """Adam's means with the start at 0 divided out."""
    betas: Any = getattr(optimizer.params, "betas", None)
    step = record.memory(name, "step", after=True)
    first, second = (record.memory(name, key, after=True) for key in ("exp_avg", "exp_avg_sq"))
    if optimizer.kind.kind not in ("adam", "adamw") or betas is None or step is None or first is None or second is None:
        return []
    count = float(step)
    return [
        value("t", count, "steps of this optimizer"),
        value(r"\hat m", _over(first[place], betas[0], count), "m' / (1 − β₁ᵗ)"),
        value(r"\hat v", _over(second[place], betas[1], count), "v' / (1 − β₂ᵗ)"),
    ]


def _over(mean: Tensor, beta: float, count: float) -> float:
    return float(mean.double() / (1 - beta**count))
