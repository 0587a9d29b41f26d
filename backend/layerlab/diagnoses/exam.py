"""A look at a network for the doctor: one batch forward and back, and nothing of the run is other afterwards."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite, sqrt

import torch
from torch import Tensor, nn

from layerlab.errors import BatchTooSmall
from layerlab.graph.network import Network
from layerlab.graph.plan import PlannedNode
from layerlab.layers.base import as_images
from layerlab.training.assemble import Assembly
from layerlab.training.objective import values_of_a_sample

#: Training samples in one look; fewer where the nodes would give more than so many numbers for them, and down to the
#: least number where the pass forward would take more than so many multiply-adds.
NUM_SAMPLES = 128
LEAST_SAMPLES = 32
MOST_VALUES = 16_000_000
MOST_MULTIPLY_ADDS = 75_000_000
#: A bounded activation counts as saturated beyond this share of its range.
SATURATION = 0.99
#: Rows that differ by less than this share of the largest number are called equal: only rounding parts them.
EQUAL = 1e-6


@dataclass(frozen=True, kw_only=True)
class Signs:
    """What one look found at one node, in train mode.

    Attributes:
        std: Standard deviation of its output over all elements.
        gradient: Norm of the gradient of the mean loss with respect to its output; None where none arrives.
        saturated: Share of elements beyond 0.99 of the range; None where it is unbounded.
        dead_u: [units] True where a unit was 0 for every sample; None where units cannot be dead.
        weight: Norm of its weights; None where it has none.
        weight_gradient: Norm of their gradient.
        is_alike: True where all rows of its weight matrix are equal, and so are those of the gradient.
    """

    node: str
    std: float
    gradient: float | None
    saturated: float | None
    dead_u: Tensor | None
    weight: float | None
    weight_gradient: float | None
    is_alike: bool


@dataclass(frozen=True, kw_only=True)
class Exam:
    """One look at the whole network: a batch of training samples, in train mode.

    Attributes:
        step: Updates done.
        loss: Mean loss of the batch; may be infinite.
        gradient: Norm of the gradient of all weights.
        signs: By node, in the order of the network.
    """

    step: int
    num_samples: int
    loss: float
    gradient: float
    signs: dict[str, Signs]


def examine(assembly: Assembly, *, turn: int, step: int | None = None) -> Exam | None:
    """Looks at a part of the training samples, another one at each ``turn``.

    Draws nothing, and puts back what a pass in train mode moves: running statistics and the state of the generators.
    ``.grad`` is not touched.

    Args:
        assembly: Is as it was afterwards.
        turn: Looks so far.
        step: Of the weights that are in place, where they are not the newest.

    Returns:
        None where the network cannot work with so few samples.
    """
    network, data = assembly.network, assembly.data
    room = MOST_VALUES // max(1, values_of_a_sample(network.plan))
    affordable = max(LEAST_SAMPLES, MOST_MULTIPLY_ADDS // max(1, assembly.check.totals.multiply_adds))
    size = max(2, min(NUM_SAMPLES, affordable, room, data.num_train))
    start = (turn * size) % max(1, data.num_train - size + 1)
    inputs, targets = data.train_inputs[start : start + size], data.train_targets[start : start + size]
    if len(targets) < 2:
        return None
    choice = assembly.trainer.loss
    with _untouched(network), _outputs(network) as outputs, torch.enable_grad():
        try:
            loss = choice.kind.batch_value(choice.params, network(inputs), targets)
        except BatchTooSmall:
            return None
        weights = [weight for weight in network.parameters() if weight.requires_grad]
        traced = {node: x for node, x in outputs.items() if x.requires_grad}
        gradients = torch.autograd.grad(loss, [*traced.values(), *weights], allow_unused=True)
    by_output = dict(zip(traced, gradients[: len(traced)], strict=True))
    by_weight = dict(zip(map(id, weights), gradients[len(traced) :], strict=True))
    signs = {
        node.id: _signs(node, outputs[node.id], by_output.get(node.id), network.layers[node.id], by_weight)
        for node in network.plan.nodes
        if node.id in outputs
    }
    now = assembly.trainer.step if step is None else step
    total = sqrt(sum(one.weight_gradient**2 for one in signs.values() if one.weight_gradient is not None))
    return Exam(step=now, num_samples=len(targets), loss=loss.item(), gradient=total, signs=signs)


@contextmanager
def _untouched(network: Network) -> Iterator[None]:
    """Running statistics and generators are afterwards as they were."""
    buffers = {name: buffer.clone() for name, buffer in network.named_buffers()}
    draws = {node: generator.get_state() for node, generator in network.generators().items()}
    try:
        yield
    finally:
        with torch.no_grad():
            for name, buffer in network.named_buffers():
                buffer.copy_(buffers[name])
        for node, generator in network.generators().items():
            generator.set_state(draws[node])


@contextmanager
def _outputs(network: Network) -> Iterator[dict[str, Tensor]]:
    """What every node gives in the pass inside the ``with``, still tied to the loss."""
    outputs: dict[str, Tensor] = {}

    def keeper(node: str) -> Callable[..., None]:
        def keep(_module: nn.Module, _inputs: object, given: Tensor | tuple[Tensor, ...]) -> None:
            outputs[node] = given[0] if isinstance(given, tuple) else given

        return keep

    hooks = [network.layers[node.id].register_forward_hook(keeper(node.id)) for node in network.plan.nodes]
    try:
        yield outputs
    finally:
        for hook in hooks:
            hook.remove()


@torch.no_grad()
def _signs(
    node: PlannedNode,
    x: Tensor,
    gradient: Tensor | None,
    module: nn.Module,
    by_weight: Mapping[int, Tensor | None],
) -> Signs:
    own = [(weight, by_weight.get(id(weight))) for weight in module.parameters() if weight.dim() > 1]
    gradients = [one for _, one in own if one is not None]
    return Signs(
        node=node.id,
        std=_std(x),
        gradient=None if gradient is None else _norm([gradient]),
        saturated=_saturated(x, node.layer.output_range) if node.layer.group == "activation" else None,
        dead_u=_dead(x) if node.layer.relu_like else None,
        weight=_norm([weight for weight, _ in own]) if own else None,
        weight_gradient=_norm(gradients) if gradients else None,
        is_alike=_is_alike(node, module, by_weight),
    )


def _std(x: Tensor) -> float:
    return float(x.double().std(correction=0)) if x.is_floating_point() else 0.0


def _norm(parts: list[Tensor]) -> float:
    return sqrt(sum(float(torch.linalg.vector_norm(part, dtype=torch.float64)) ** 2 for part in parts))


def _saturated(x: Tensor, output_range: tuple[float, float] | None) -> float | None:
    if output_range is None:
        return None
    low, high = output_range
    return float((((x - (high + low) / 2).abs() > SATURATION * (high - low) / 2).double()).mean())


def _dead(x: Tensor) -> Tensor:
    """[units]: features of [N, F] and [N, T, F], channels of [N, C, H, W] and of clips."""
    x = as_images(x)
    rows = x.movedim(1, -1) if x.dim() == 4 else x
    return rows.reshape(-1, rows.shape[-1]).eq(0).all(0).cpu()


def _is_alike(node: PlannedNode, module: nn.Module, by_weight: Mapping[int, Tensor | None]) -> bool:
    """True where no step by this gradient could ever make one unit other than the next."""
    weight = dict(module.named_parameters(recurse=False)).get("weight")
    if weight is None or weight.dim() < 2 or len(weight) < 2 or node.layer.is_lookup or not node.layer.has_weights:
        return False
    gradient = by_weight.get(id(weight))
    return _are_equal(weight) and (gradient is None or _are_equal(gradient))


def _are_equal(x: Tensor) -> bool:
    rows = x.flatten(1)
    largest = float(rows.abs().max())
    return isfinite(largest) and float((rows - rows[0]).abs().max()) <= EQUAL * largest
