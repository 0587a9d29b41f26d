"""Updates as a pure function: tensors in, tensors out, nothing written to. It can be traced, and batched by vmap."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from layerlab.optimizers.base import Kept, Numbers, OptimizerKind, OptimizerParams

#: What PyTorch keeps of a weight as a single number; weights that have taken the same steps have the same.
COUNTERS = frozenset({"step", "mu_product"})


def numbers_of(params: OptimizerParams) -> dict[str, Tensor]:
    """The fields that are numbers as float64 tensors: scalars, betas as [2]. The rate is that without a schedule."""
    found = {name: value for name, value in params.model_dump().items() if _is_number(value)}
    return {name: torch.tensor(value, dtype=torch.float64) for name, value in found.items()}


def update(
    kind: OptimizerKind[Any],
    params: OptimizerParams,
    numbers: Numbers,
    weights: Sequence[Tensor],
    gradients: Sequence[Tensor],
    kept: Sequence[Kept],
) -> tuple[list[Tensor], list[Kept]]:
    """One update of all weights: new weights, and what is kept of each in PyTorch's names and shapes.

    ``numbers`` says how far a step goes: ``numbers_of(params)`` with the scheduled rate as "lr". ``params`` only says
    which terms there are: flags count, and whether a number is 0 (a momentum or a decay of 0 is left out).

    Under ``torch.vmap`` batch numbers, weights, gradients and kept along the first dimension, each variant with numbers
    of its own: ``vmap(lambda n, w, g, k: update(kind, params, n, w, g, k))``. Where one variant has a term, let
    ``params`` have it; the others give 0 for it. As scalars the numbers leave float32 weights float32.

    Raises:
        NotImplementedError: The kind is not pure (``kind.is_pure``), such as L-BFGS.
    """
    found = [
        update_one(kind, params, numbers, weight, gradient, before)
        for weight, gradient, before in zip(weights, gradients, kept, strict=True)
    ]
    return [weight for weight, _ in found], [after for _, after in found]


def update_together(
    kind: OptimizerKind[Any],
    params: OptimizerParams,
    numbers: Numbers,
    weights: Sequence[Tensor],
    gradients: Sequence[Tensor],
    kept: Sequence[Kept],
) -> tuple[list[Tensor], list[Kept]]:
    """The same numbers by a fraction of the operations, where all weights have taken the same steps.

    It is for those who launch each operation: a compiler makes less of it (8 % slower for a tiny network).
    """
    before = {name: kept[0][name] if name in COUNTERS else as_row([one[name] for one in kept]) for name in kept[0]}
    row, after = update_one(kind, params, numbers, as_row(weights), as_row(gradients), before)
    parts = {
        name: [value] * len(kept) if name in COUNTERS else list(parts_of(value, weights))
        for name, value in after.items()
    }
    return list(parts_of(row, weights)), [{name: of[place] for name, of in parts.items()} for place in range(len(kept))]


def update_one(
    kind: OptimizerKind[Any],
    params: OptimizerParams,
    numbers: Numbers,
    weight: Tensor,
    gradient: Tensor,
    before: Kept,
) -> tuple[Tensor, Kept]:
    """An update of one weight, or of a row of several that have taken the same steps."""
    return kind.pure_step(params, numbers, _decayed(kind, params, numbers, weight), gradient, before)


def as_row(values: Sequence[Tensor]) -> Tensor:
    """[T] the numbers of all, one tensor after another."""
    return torch.cat([value.reshape(-1) for value in values])


def parts_of(row: Tensor, like: Sequence[Tensor]) -> Iterator[Tensor]:
    """Views of a row, in the shapes of the tensors that made it."""
    parts = torch.split(row, [one.numel() for one in like])
    return (part.view(one.shape) for part, one in zip(parts, like, strict=True))


def _decayed(kind: OptimizerKind[Any], params: OptimizerParams, numbers: Numbers, weight: Tensor) -> Tensor:
    """w ← (1 − lr · weight_decay) · w where the decay acts on the weights, as ``OptimizerKind.step`` does it."""
    is_decoupled = kind.decays_weights or getattr(params, "decoupled_weight_decay", False)
    if not is_decoupled or not getattr(params, "weight_decay", 0.0):
        return weight
    return weight * (1 - numbers["lr"] * numbers["weight_decay"])


def _is_number(value: object) -> bool:
    items = value if isinstance(value, list) else [value]
    return all(isinstance(item, int | float) and not isinstance(item, bool) for item in items)
