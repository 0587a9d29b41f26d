"""Loss and gradient of one batch at the present weights: what a step goes by."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import torch
from layerlab_schemas.run import RegularizationSpec
from torch import Tensor

from layerlab.graph.network import Network
from layerlab.graph.plan import Plan
from layerlab.training.batches import Batch
from layerlab.training.choice import LossChoice
from layerlab.training.engines.replay import Replays
from layerlab.training.regularize import regularize

#: Numbers that the nodes may give in one pass over a part of the full batch: 256 MB.
MOST_VALUES = 64_000_000
#: Numbers that the nodes give for a batch, up to which a replay saves a good part of a step.
MOST_REPLAYED = 50_000


@dataclass(frozen=True, kw_only=True)
class Look:
    """One pass forward and back.

    Attributes:
        loss: Mean over the batch, without penalties.
        penalty: What L1 and L2 add to it; None where there are none.
        output: [N, …] what the network gave, detached.
        bad_inputs: The samples whose loss is not finite, when it is not; the gradients are then not those of the loss.
    """

    loss: float
    penalty: float | None
    output: Tensor
    bad_inputs: Tensor | None = None

    @property
    def total(self) -> float:
        """Loss and penalty."""
        return self.loss + (self.penalty or 0.0)


class Objective:
    """The loss of a network as a function of its weights.

    A batch is one pass. The full batch, where it would take too much memory, is summed up over parts: the loss is
    the mean over all samples and the gradient that of this mean, up to rounding. Dropout draws its masks part by part.
    A norm over the batch needs all samples at once; where the network has one, the full batch is one pass whatever it
    takes.
    """

    def __init__(self, network: Network, loss: LossChoice, parameters: Sequence[Tensor]) -> None:
        self._network = network
        self._loss = loss
        self._parameters = parameters
        self._part_size = part_size(network.plan)
        self._num_values = values_of_a_sample(network.plan)
        self._replays = Replays(self._pass) if can_be_replayed(network) else None

    def look(self, batch: Batch, wanted: RegularizationSpec, *, in_parts: bool) -> Look:
        """Loss of the batch; its gradients, penalties and clipping included, are in ``.grad`` afterwards."""
        replayed = None if in_parts else self._replayed(batch, wanted)
        if replayed is not None:
            return replayed
        parts = batch.parts(self._part_size if in_parts else None)
        weights = [counted(part.targets) for part in parts] if len(parts) > 1 else [1]
        outputs: list[Tensor] = []
        total = 0.0
        for place, (part, weight) in enumerate(zip(parts, weights, strict=True)):
            output = self._network(part.inputs)
            outputs.append(output.detach())
            loss = part.loss(self._loss, output)
            if len(parts) > 1:
                loss = loss * (weight / sum(weights))
            total += loss.item()
            if not math.isfinite(total):
                return Look(loss=total, penalty=None, output=torch.cat(outputs), bad_inputs=part.inputs)
            if place == 0:
                for parameter in self._parameters:
                    parameter.grad = None
            loss.backward()  # type: ignore[no-untyped-call]
        penalty = regularize(self._parameters, wanted)
        return Look(loss=total, penalty=penalty, output=torch.cat(outputs) if len(outputs) > 1 else outputs[0])

    def changed(self) -> None:
        """Fields of nodes have changed, so the loss is another function of the weights."""
        if self._replays is not None:
            self._replays.forget()

    def _replayed(self, batch: Batch, wanted: RegularizationSpec) -> Look | None:
        """The same bits from a replay; None where there is none for such a batch."""
        if self._replays is None or batch.shares or self._network.is_recorded:
            return None
        if len(batch) * self._num_values > MOST_REPLAYED or not (replay := self._replays.find(*batch.pair)):
            return None
        loss, output, *gradients = replay(*batch.pair)
        total = loss.item()
        if not math.isfinite(total):
            return Look(loss=total, penalty=None, output=output, bad_inputs=batch.inputs)
        for parameter, gradient in zip(self._parameters, gradients, strict=True):
            parameter.grad = gradient
        return Look(loss=total, penalty=regularize(self._parameters, wanted), output=output)

    def _pass(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, ...]:
        """Loss, output and the gradient of each parameter."""
        output = self._network(inputs)
        loss = self._loss.kind.batch_value(self._loss.params, output, targets)
        return (loss, output.detach(), *torch.autograd.grad(loss, self._parameters))


def can_be_replayed(network: Network) -> bool:
    """True where a pass depends on weights and batch alone: nothing is drawn, and no statistics are kept."""
    return not network.generators() and next(network.buffers(), None) is None


def part_size(plan: Plan) -> int | None:
    """Samples in a part of the full batch; None where it must be one pass."""
    return None if joins_samples(plan) else max(1, MOST_VALUES // values_of_a_sample(plan))


def joins_samples(plan: Plan) -> bool:
    """True where a norm mixes the samples of a batch, so that a part of it is not trained as the whole would be."""
    axes = (node.norm_axes for node in plan.nodes if node.layer.is_norm)
    return any("N" in one.split(", ") for one in axes if one)


def values_of_a_sample(plan: Plan) -> int:
    """Numbers that all nodes give for one sample."""
    return sum(prod(node.output_shape) for node in plan.nodes)


def counted(targets: Tensor) -> int:
    """How many answers the mean of a loss is over: samples or steps, those to ignore (negative classes) left out."""
    return len(targets) if targets.is_floating_point() else int((targets >= 0).sum())


class Repeated:
    """Looks at one batch again and again within a step, as a line search does.

    The first look is the one that was taken already. In all later ones dropout has the same masks, and running
    statistics stay as the first left them: a step is one pass over the batch for everything but the weights.
    """

    def __init__(self, objective: Objective, network: Network, batch: Batch) -> None:
        self._objective = objective
        self._network = network
        self._batch = batch
        self._draws = {node: generator.get_state() for node, generator in network.generators().items()}
        self._first: Look | None = None
        self._buffers: dict[str, Tensor] = {}
        self._wanted = RegularizationSpec()

    def begin(self, wanted: RegularizationSpec) -> Look:
        """The first look."""
        self._wanted = wanted
        first = self._first = self._objective.look(self._batch, wanted, in_parts=True)
        self._buffers = {name: buffer.clone() for name, buffer in self._network.named_buffers()}
        return first

    def __call__(self) -> float:
        """Loss and penalty at the weights as they are now; their gradients are in place."""
        first, self._first = self._first, None
        if first is not None:
            return first.total
        for node, generator in self._network.generators().items():
            generator.set_state(self._draws[node])
        look = self._objective.look(self._batch, self._wanted, in_parts=True)
        with torch.no_grad():
            for name, buffer in self._network.named_buffers():
                buffer.copy_(self._buffers[name])
        return look.total
