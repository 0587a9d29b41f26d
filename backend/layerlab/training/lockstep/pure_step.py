"""One training step as a function from tensors to tensors: forward, loss, gradient, penalties, clipping, update."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.func import functional_call, grad_and_value

from layerlab.graph.network import Network
from layerlab.optimizers.base import Kept, Numbers
from layerlab.optimizers.functional import as_row, update_one
from layerlab.regularizers.pure import pure_gradient, pure_penalty, pure_share
from layerlab.training.choice import LossChoice, OptimizerChoice


@dataclass(frozen=True)
class PureStep:
    """The step of one variant. What all variants share is here; what is its own comes with each call.

    Attributes:
        is_penalized: Some variant has an L1 or L2 penalty.
        clips_values, clips_norm: Some variant limits its gradient; infinity is no limit.
    """

    network: Network
    weight_names: Sequence[str]
    buffer_names: Sequence[str]
    loss: LossChoice
    optimizer: OptimizerChoice
    is_penalized: bool
    clips_values: bool
    clips_norm: bool

    def __call__(
        self,
        weights: list[Tensor],
        row: Tensor,
        buffers: list[Tensor],
        kept: Kept,
        numbers: Numbers,
        strengths: Mapping[str, Tensor],
        inputs_b: Tensor,
        targets_b: Tensor,
    ) -> tuple[Tensor, list[Tensor], Kept, Tensor, Tensor, Tensor]:
        """New weights in a row, new buffers, what is kept, loss, count of right answers or mean error, penalty.

        ``row`` [T] holds the numbers of all weights, one after another, and each of ``kept`` those of all. The update
        is made of the row: each operation costs as much as a few thousand numbers do.
        """

        def objective(weights: list[Tensor]) -> tuple[Tensor, tuple[Tensor, list[Tensor]]]:
            # Running statistics are written to in place: to copies, so that the step itself writes to nothing.
            moved = [buffer.clone() for buffer in buffers]
            named = dict(zip(self.weight_names, weights, strict=True)) | dict(
                zip(self.buffer_names, moved, strict=True)
            )
            output = functional_call(self.network, named, (inputs_b,))
            return self.loss.kind.batch_value(self.loss.params, output, targets_b), (output, moved)

        gradients, (loss, (output, moved)) = grad_and_value(objective, has_aux=True)(weights)
        penalty = torch.zeros_like(loss)
        if self.is_penalized:
            l1, l2 = strengths["l1"], strengths["l2"]
            penalty = pure_penalty(weights, l1=l1, l2=l2)
            pairs = zip(weights, gradients, strict=True)
            gradients = [pure_gradient(weight, gradient, l1=l1, l2=l2) for weight, gradient in pairs]
        gradient = as_row(gradients)
        if self.clips_values:
            limit = strengths["clip_grad_value"]
            gradient = gradient.clamp(-limit, limit)
        if self.clips_norm:
            gradient = gradient * pure_share([gradient], strengths["clip_grad_norm"])
        chosen = self.optimizer
        later, kept_later = update_one(chosen.kind, chosen.params, numbers, row, gradient, kept)
        return later, moved, kept_later, loss, self._measure(output, targets_b), penalty

    def _measure(self, output: Tensor, targets_b: Tensor) -> Tensor:
        if targets_b.is_floating_point():
            return (output - targets_b).abs().mean()
        return (self.loss.kind.answers(output, targets_b) == targets_b).sum()
