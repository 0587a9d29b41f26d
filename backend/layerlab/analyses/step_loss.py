"""The loss of one sample, with its numbers."""

from typing import Any

import torch
from layerlab_schemas.frames import StepItem
from layerlab_schemas.graph import CheckedData
from torch import Tensor

from layerlab.analyses.recorded_step import RecordedStep
from layerlab.analyses.step_units import Sum, finite, listed, value
from layerlab.losses.base import has_steps, num_answers
from layerlab.training.choice import LossChoice

_OF_SCORES = (
    r"\ell = -\log p_y,\quad p_k = \frac{e^{s_k}}{\sum_j e^{s_j}},\quad \frac{\partial \ell}{\partial s_k} = p_k - y_k"
)


def loss_phase(record: RecordedStep, loss: LossChoice, facts: CheckedData, output: Tensor, sample: int) -> StepItem:
    """Scores, probabilities and −log p where there are any; predictions and targets; always the mean of the batch.

    Args:
        record: The step.
        loss: Of the run.
        facts: Names of the classes.
        output: [N, …] what the network gave.
        sample: Place in the batch of the followed one.
    """
    given, target = output[sample], record.targets[sample]
    rows = None if has_steps(record.targets) else _rows(loss, facts, given, target)
    own = loss.kind.each(loss.params, output[sample : sample + 1], record.targets[sample : sample + 1])[0]
    values = [] if has_steps(record.targets) else _values(loss, facts, given, target)
    what = "steps with an answer" if has_steps(record.targets) else "samples"
    values += [
        value(r"\ell", own, "loss of this sample"),
        value("L", _number(record.report.loss), f"mean over {num_answers(record.targets)} {what} of the batch"),
    ]
    if record.report.penalty is not None:
        values.append(value(r"\Omega", record.report.penalty, "penalties of the weights, added to it"))
    smoothing = getattr(loss.params, "label_smoothing", 0.0)
    return StepItem(
        phase="loss",
        node="loss",
        title=loss.kind.title,
        formula=_OF_SCORES if loss.kind.kind == "cross_entropy" and not smoothing else loss.kind.formula,
        values=values,
        note="The loss is not a number: training ends here, without an update." if _is_bad(record) else None,
        **_fields(rows),
    )


def _number(number: float | None) -> float:
    return float("nan") if number is None else number


def _is_bad(record: RecordedStep) -> bool:
    return finite(_number(record.report.loss)) is None


def _fields(rows: Sum | None) -> dict[str, Any]:
    if rows is None:
        return {}
    return {"columns": rows.columns, "terms": rows.terms, "num_terms": rows.num_terms, "rest": None}


def _rows(loss: LossChoice, facts: CheckedData, given: Tensor, target: Tensor) -> Sum | None:
    """A row a class, or a row a number that was to be predicted."""
    if loss.kind.kind == "bce":
        return None
    if facts.class_names and loss.kind.kind == "cross_entropy":
        share_k = given.double().softmax(0)
        is_true_k = torch.arange(len(share_k), device=given.device) == target
        rows = torch.stack([given.double(), share_k, share_k - is_true_k.double()], 1)
        return listed(["s_k", "p_k", r"p_k - y_k"], facts.class_names, rows.cpu())
    wanted = target.double() if target.is_floating_point() else _one_hot(given, target)
    given, wanted = given.double().flatten(), wanted.flatten()
    names = facts.class_names or [f"output {place + 1}" for place in range(len(given))]
    return listed([r"\hat y", "y", r"\hat y - y"], names, torch.stack([given, wanted, given - wanted], 1).cpu())


def _one_hot(given: Tensor, target: Tensor) -> Tensor:
    return (torch.arange(len(given), device=given.device) == target).double()


def _values(loss: LossChoice, facts: CheckedData, given: Tensor, target: Tensor) -> list[Any]:
    if loss.kind.kind == "cross_entropy" and facts.class_names:
        share = given.double().softmax(0)[int(target)]
        return [value("p_y", share, f"probability of the true class {facts.class_names[int(target)]}"),
                value(r"-\log p_y", -given.double().log_softmax(0)[int(target)])]  # fmt: skip
    return _of_score(given, target) if loss.kind.kind == "bce" else []


def _of_score(given: Tensor, target: Tensor) -> list[Any]:
    """Of binary cross-entropy: the score, its probability, the label and the gradient."""
    score = given.double().flatten()[0]
    return [
        value("s", score, "score"),
        value(r"\sigma(s)", score.sigmoid(), "probability of the second class"),
        value("y", float(target), "label"),
        value(r"\frac{\partial \ell}{\partial s}", score.sigmoid() - float(target)),
    ]
