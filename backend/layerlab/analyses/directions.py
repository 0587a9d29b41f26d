"""Directions in the space of all weights, and how the weights' way looks from them.

A point or direction is a list of tensors, one for each parameter in the network's own order.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

Weights = list[Tensor]
_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)


def weights_of(network: nn.Module) -> Weights:
    """A copy of all parameters."""
    return [parameter.detach().clone() for parameter in network.parameters()]


@torch.no_grad()
def put(network: nn.Module, weights: Weights) -> None:
    """Set all parameters."""
    for parameter, value in zip(network.parameters(), weights, strict=True):
        parameter.copy_(value)


def moved(centre: Weights, directions: Sequence[Weights], places: Sequence[float]) -> Weights:
    """centre + Σ place · direction; at place 0 the centre itself, bit for bit."""
    found = [value.clone() for value in centre]
    for direction, place in zip(directions, places, strict=True):
        if place:
            for value, part in zip(found, direction, strict=True):
                value.add_(part, alpha=place)
    return found


def filter_normalised(network: nn.Module, generator: torch.Generator) -> Weights:
    """A random direction whose every filter is as long as the network's own (Li et al. 2018).

    d_ij ← d_ij / ‖d_ij‖ · ‖w_ij‖ for filter j of layer i. A filter is what makes one output: a row of a matrix, a
    kernel over all its inputs. Biases and the parameters of norms, which have no filters, stay where they are: 0.
    """
    across = {id(module.weight) for module in network.modules() if isinstance(module, _TRANSPOSED)}
    return [_like_its_filters(value, generator, 1 if id(value) in across else 0) for value in network.parameters()]


def _like_its_filters(weight: Tensor, generator: torch.Generator, dim: int) -> Tensor:
    weight = weight.detach()
    if weight.dim() < 2:
        return torch.zeros_like(weight)
    drawn = torch.randn(weight.shape, generator=generator, dtype=weight.dtype).to(weight.device)
    others = [axis for axis in range(weight.dim()) if axis != dim]
    wanted = torch.linalg.vector_norm(weight, dim=others, keepdim=True)
    length = torch.linalg.vector_norm(drawn, dim=others, keepdim=True)
    scaled: Tensor = drawn * (wanted / length.clamp_min(torch.finfo(weight.dtype).tiny))
    return scaled


def difference(end: Weights, start: Weights) -> Weights:
    """end − start."""
    return [one - other for one, other in zip(end, start, strict=True)]


def inner(one: Weights, other: Weights) -> float:
    """The inner product over all weights, in double precision."""
    return sum(float((a.double() * b.double()).sum()) for a, b in zip(one, other, strict=True))


def principal(steps: Sequence[Weights], count: int) -> tuple[list[Weights], list[float]]:
    """The ``count`` directions of length 1 along which ``steps`` (from the centre) vary most, and each one's share.

    By the eigenvectors of the small matrix of inner products, so that nothing larger than the steps is made.
    """
    gram = torch.tensor([[inner(a, b) for b in steps] for a in steps], dtype=torch.float64)
    values, vectors = torch.linalg.eigh(gram)
    order = values.argsort(descending=True)[:count]
    directions = []
    for place in order:
        direction = [torch.zeros_like(part) for part in steps[0]]
        for step, share in zip(steps, vectors[:, place].tolist(), strict=True):
            direction = moved(direction, [step], [share])
        length = max(inner(direction, direction) ** 0.5, torch.finfo(torch.float64).tiny)
        directions.append([part / length for part in direction])
    return directions, (values[order].clamp_min(0) / values.clamp_min(0).sum()).tolist()


def rank(steps: Sequence[Weights]) -> int:
    """How many directions ``steps`` span, up to rounding."""
    gram = torch.tensor([[inner(a, b) for b in steps] for a in steps], dtype=torch.float64)
    return int(torch.linalg.matrix_rank(gram, hermitian=True, rtol=1e-10)) if steps else 0


def projected(step: Weights, directions: Sequence[Weights]) -> tuple[list[float], float]:
    """Coordinates of the point of the plane that is nearest to ``step``, and how far it is away from it.

    The distance is over the length of ``step``: 0 lies in the plane, 1 is at a right angle to it.
    """
    gram = torch.tensor([[inner(a, b) for b in directions] for a in directions], dtype=torch.float64)
    ahead = torch.tensor([inner(direction, step) for direction in directions], dtype=torch.float64)
    if not bool(gram.isfinite().all() and ahead.isfinite().all()):
        return [math.nan] * len(directions), math.nan
    places = torch.linalg.lstsq(gram, ahead[:, None]).solution[:, 0]
    length = inner(step, step)
    rest = max(0.0, length - float(places @ ahead))
    return places.tolist(), (rest / length) ** 0.5 if length else 0.0
