"""One whole training step as a pure function: forward, loss, backward, penalties, clipping, update."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from layerlab_schemas.run import RegularizationSpec
from torch import Tensor
from torch.func import functional_call

from layerlab.graph.network import Network
from layerlab.optimizers.base import Kept
from layerlab.optimizers.functional import numbers_of, update, update_together
from layerlab.regularizers.pure import pure_gradient, pure_penalty, pure_share
from layerlab.training.choice import LossChoice, OptimizerChoice

#: Names of the numbers of regularization, behind those of the optimizer.
PENALTIES = ("l1", "l2", "clip_grad_value", "clip_grad_norm")


@dataclass(frozen=True)
class Values:
    """Everything that a step changes. Weights and buffers by name; ``kept`` and ``gradients`` in the weights' order.

    A gradient is None for a weight that has no part in the loss; such a weight stays as it is.
    """

    weights: dict[str, Tensor]
    buffers: dict[str, Tensor]
    kept: list[Kept]
    gradients: list[Tensor | None] = field(default_factory=list)


@dataclass(frozen=True)
class Told:
    """What a step tells, all scalars: loss, number of right answers or mean absolute error, penalty."""

    loss: Tensor
    hit: Tensor
    penalty: Tensor


class PureStep:
    """A step as a function of values, batch, numbers and rate; nothing that goes in is written to.

    Args:
        network: In train mode.
        loss: Of a batch.
        optimizer: That is pure.
        regularization: Penalties and limits.
        is_compiled: False where each operation is launched by itself: weights are then updated as one row.
    """

    def __init__(
        self, network: Network, loss: LossChoice, optimizer: OptimizerChoice, regularization: RegularizationSpec,
        *, is_compiled: bool,
    ) -> None:  # fmt: skip
        self._network = network
        self._loss = loss
        self._optimizer = optimizer
        self._wanted = regularization
        self._update = update if is_compiled else update_together
        shapes = {name: value.shape for name, value in numbers_of(optimizer.params).items()}
        self._shapes = shapes | dict.fromkeys(PENALTIES, torch.Size())

    def numbers(self) -> Tensor:
        """[H] float64 on the network's device: the optimizer's, then l1, l2 and the two limits; 0 for what is off."""
        optimizer = [value.reshape(-1) for value in numbers_of(self._optimizer.params).values()]
        penalties = [float(getattr(self._wanted, name) or 0.0) for name in PENALTIES]
        found = torch.cat([*optimizer, torch.tensor(penalties, dtype=torch.float64)])
        return found.to(next(self._network.parameters()).device)

    def __call__(
        self, values: Values, inputs: Tensor, targets: Tensor, numbers_h: Tensor, rate: Tensor
    ) -> tuple[Values, Told]:
        """One step with the learning rate ``rate`` (scalar, float64)."""
        numbers = self._named(numbers_h) | {"lr": rate}
        weights = [weight.detach().requires_grad_() for weight in values.weights.values()]
        buffers = {name: buffer.clone() for name, buffer in values.buffers.items()}
        with torch.enable_grad():
            given = dict(zip(values.weights, weights, strict=True)) | buffers
            output = functional_call(self._network, given, (inputs,))
            loss = self._loss.kind.batch_value(self._loss.params, output, targets)
            found = torch.autograd.grad(loss, weights, allow_unused=True)
        weights = [weight.detach() for weight in weights]
        gradients, penalty = self._regularized(weights, found, numbers)
        stepped, kept = self._updated(weights, gradients, values.kept, numbers)
        told = Told(loss=loss.detach(), hit=self._hit(output.detach(), targets), penalty=penalty)
        return Values(dict(zip(values.weights, stepped, strict=True)), buffers, kept, gradients), told

    def _named(self, numbers_h: Tensor) -> dict[str, Tensor]:
        """The numbers by name, shaped as ``optimizers.functional`` wants them."""
        parts = torch.split(numbers_h, [shape.numel() for shape in self._shapes.values()])
        return {name: part.view(shape) for (name, shape), part in zip(self._shapes.items(), parts, strict=True)}

    def _regularized(
        self, weights: Sequence[Tensor], gradients: Sequence[Tensor | None], numbers: Mapping[str, Tensor]
    ) -> tuple[list[Tensor | None], Tensor]:
        """As ``training.regularize`` does it; which terms there are is known beforehand, how strong is a number."""
        found, penalty = list(gradients), torch.zeros((), device=weights[0].device)
        if self._wanted.l1 or self._wanted.l2:
            l1, l2 = numbers["l1"], numbers["l2"]
            penalty = pure_penalty(weights, l1=l1, l2=l2)
            pairs = zip(weights, found, strict=True)
            found = [one if one is None else pure_gradient(weight, one, l1=l1, l2=l2) for weight, one in pairs]
        if self._wanted.clip_grad_value:
            most = numbers["clip_grad_value"]
            found = [one if one is None else one.clamp(-most, most) for one in found]
        if self._wanted.clip_grad_norm:
            share = pure_share([one for one in found if one is not None], numbers["clip_grad_norm"])
            found = [one if one is None else one * share for one in found]
        return found, penalty

    def _updated(
        self,
        weights: Sequence[Tensor],
        gradients: Sequence[Tensor | None],
        kept: Sequence[Kept],
        numbers: Mapping[str, Tensor],
    ) -> tuple[list[Tensor], list[Kept]]:
        """Weights that have a gradient take a step."""
        moving = [place for place, gradient in enumerate(gradients) if gradient is not None]
        stepped, after = self._update(
            self._optimizer.kind,
            self._optimizer.params,
            numbers,
            [weights[place] for place in moving],
            [gradient for gradient in gradients if gradient is not None],
            [kept[place] for place in moving],
        )
        all_weights, all_kept = list(weights), list(kept)
        for place, weight, one in zip(moving, stepped, after, strict=True):
            all_weights[place], all_kept[place] = weight, one
        return all_weights, all_kept

    def _hit(self, output: Tensor, targets: Tensor) -> Tensor:
        if targets.is_floating_point():
            return (output - targets).abs().mean()
        return (self._loss.kind.answers(output, targets) == targets).sum().to(output.dtype)
