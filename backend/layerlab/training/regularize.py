"""What is done to the gradient between the backward pass and the update."""

from collections.abc import Sequence

from layerlab_schemas.problems import Problem
from layerlab_schemas.run import RegularizationSpec
from torch import Tensor

from layerlab.regularizers.clipping import clip_gradient, clip_values
from layerlab.regularizers.penalties import add_gradient, penalized, penalty

#: Far above any use; beyond the range of a 32-bit float PyTorch would fail in the middle of a run.
LARGEST_PENALTY = 1e6


def check_penalties(wanted: RegularizationSpec) -> list[Problem]:
    """A problem for each penalty that is out of all proportion."""
    return [
        Problem(
            code="invalid_field",
            path=f"regularization.{name}",
            field=name,
            got=f"{value:g}",
            message=f"{name} must be at most {LARGEST_PENALTY:g}.",
            expected=f"at most {LARGEST_PENALTY:g}",
            hint="Usual values lie between 0.00001 and 0.1.",
        )
        for name, value in (("l1", wanted.l1), ("l2", wanted.l2))
        if value > LARGEST_PENALTY
    ]


def regularize(parameters: Sequence[Tensor], wanted: RegularizationSpec) -> float | None:
    """Adds the gradient of the penalties, then limits the size of each number and the norm of it all.

    Returns:
        What the penalties add to the loss; None where there are none.
    """
    amount = None
    if wanted.l1 or wanted.l2:
        weights = penalized(parameters)
        amount = penalty(weights, l1=wanted.l1, l2=wanted.l2)
        add_gradient(weights, l1=wanted.l1, l2=wanted.l2)
    if wanted.clip_grad_value:
        clip_values(parameters, wanted.clip_grad_value)
    if wanted.clip_grad_norm:
        clip_gradient(parameters, wanted.clip_grad_norm)
    return amount
