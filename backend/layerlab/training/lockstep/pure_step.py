"""One training step as a function from tensors to tensors: forward, loss, gradient, penalties, clipping, update."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.func import functional_call, grad_and_value

from layerlab.graph.network import Network
from layerlab.optimizers.base import Kept, Numbers
from layerlab.optimizers.functional import update
from layerlab.regularizers.penalties import penalized
from layerlab.training.choice import LossChoice, OptimizerChoice

#: Of ``torch.nn.utils.clip_grad_norm_``.
_CLIP_EPSILON = 1e-6


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
        buffers: list[Tensor],
        kept: list[Kept],
        numbers: Numbers,
        strengths: Mapping[str, Tensor],
        inputs_b: Tensor,
        targets_b: Tensor,
    ) -> tuple[list[Tensor], list[Tensor], list[Kept], Tensor, Tensor, Tensor]:
        """New weights, new buffers, what is kept, loss, count of right answers or mean error, penalty."""

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
            penalty = self._penalty(weights, strengths)
            gradients = self._penalized(weights, gradients, strengths)
        if self.clips_values:
            limit = strengths["clip_grad_value"]
            gradients = [gradient.clamp(-limit, limit) for gradient in gradients]
        if self.clips_norm:
            gradients = _clipped(gradients, strengths["clip_grad_norm"])
        chosen = self.optimizer
        later, kept_later = update(chosen.kind, chosen.params, numbers, weights, gradients, kept)
        return later, moved, kept_later, loss, self._measure(output, targets_b), penalty

    def _penalty(self, weights: Sequence[Tensor], strengths: Mapping[str, Tensor]) -> Tensor:
        matrices = penalized(weights)
        absolute = sum((weight.abs().sum() for weight in matrices), start=torch.zeros(()))
        squares = sum((weight.square().sum() for weight in matrices), start=torch.zeros(()))
        return strengths["l1"] * absolute + strengths["l2"] * squares / 2

    def _penalized(
        self, weights: Sequence[Tensor], gradients: Sequence[Tensor], strengths: Mapping[str, Tensor]
    ) -> list[Tensor]:
        l1, l2 = strengths["l1"], strengths["l2"]
        pairs = zip(weights, gradients, strict=True)
        return [
            gradient + l2 * weight + l1 * weight.sign() if weight.ndim >= 2 else gradient for weight, gradient in pairs
        ]

    def _measure(self, output: Tensor, targets_b: Tensor) -> Tensor:
        if targets_b.is_floating_point():
            return (output - targets_b).abs().mean()
        return (self.loss.kind.answers(output, targets_b) == targets_b).sum()


def _clipped(gradients: Sequence[Tensor], largest_norm: Tensor) -> list[Tensor]:
    norm = torch.stack([gradient.norm() for gradient in gradients]).norm()
    share = (largest_norm / (norm + _CLIP_EPSILON)).clamp(max=1.0)
    return [gradient * share for gradient in gradients]
