"""All values of a step in two rows, one of float32 and one of int64: a loop then carries two tensors, not dozens."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from layerlab.graph.network import Network
from layerlab.training.engines.functional import PureStep, Values


@dataclass(frozen=True)
class Form:
    """Which values there are, and their shapes.

    Attributes:
        weights: By name.
        buffers: Those of real numbers, by name.
        counts: The buffers of whole numbers, by name; they have a row of their own.
        kept: What the optimizer keeps of each weight, in the weights' order.
        has_gradient: False for a weight that has no part in the loss.
    """

    weights: dict[str, torch.Size]
    buffers: dict[str, torch.Size]
    counts: dict[str, torch.Size]
    kept: tuple[dict[str, torch.Size], ...]
    has_gradient: tuple[bool, ...]

    @classmethod
    def of(cls, values: Values) -> "Form":
        """The form of values as a step gives them."""
        buffers = values.buffers.items()
        return cls(
            {name: value.shape for name, value in values.weights.items()},
            {name: value.shape for name, value in buffers if value.is_floating_point()},
            {name: value.shape for name, value in buffers if not value.is_floating_point()},
            tuple({name: value.shape for name, value in one.items()} for one in values.kept),
            tuple(gradient is not None for gradient in values.gradients),
        )

    def pack(self, values: Values) -> tuple[Tensor, Tensor]:
        """[F] weights, buffers, what is kept, gradients; and [C] the counts. Missing gradients are 0: none is read."""
        floats = [*values.weights.values(), *(values.buffers[name] for name in self.buffers)]
        floats += [one[name] for one, form in zip(values.kept, self.kept, strict=True) for name in form]
        given = values.gradients or [None] * len(self.weights)
        found = zip(self.has_gradient, given, self.weights.values(), strict=True)
        device = floats[0].device
        floats += [torch.zeros(shape, device=device) if one is None else one for has, one, shape in found if has]
        counts = [values.buffers[name].reshape(-1) for name in self.counts]
        return _row(floats), torch.cat(counts) if counts else torch.zeros(0, dtype=torch.int64, device=device)

    def unpack(self, floats: Tensor, counts: Tensor) -> Values:
        """The values as views of both rows."""
        moving = [shape for shape, has in zip(self.weights.values(), self.has_gradient, strict=True) if has]
        shapes = [*self.weights.values(), *self.buffers.values()]
        parts = _views(floats, [*shapes, *(shape for one in self.kept for shape in one.values()), *moving])
        weights = {name: next(parts) for name in self.weights}
        buffers = {name: next(parts) for name in self.buffers}
        kept = [{name: next(parts) for name in one} for one in self.kept]
        gradients = [next(parts) if has else None for has in self.has_gradient]
        buffers |= dict(zip(self.counts, _views(counts, list(self.counts.values())), strict=True))
        return Values(weights, buffers, kept, gradients)

    def blank(self) -> Values:
        """Zeros of this form."""
        moving = zip(self.weights.values(), self.has_gradient, strict=True)
        return Values(
            {name: torch.zeros(shape) for name, shape in self.weights.items()},
            {name: torch.zeros(shape) for name, shape in self.buffers.items()}
            | {name: torch.zeros(shape, dtype=torch.int64) for name, shape in self.counts.items()},
            [{name: torch.zeros(shape) for name, shape in one.items()} for one in self.kept],
            [torch.zeros(shape) if has else None for shape, has in moving],
        )


def form_of(step: PureStep, network: Network, inputs: Tensor, targets: Tensor) -> Form:
    """The form of the values after a step on these samples; nothing changes."""
    weights = {name: one.detach() for name, one in network.named_parameters() if one.requires_grad}
    start = Values(weights, dict(network.named_buffers()), [{} for _ in weights])
    after, _ = step(start, inputs, targets, step.numbers(), torch.zeros((), dtype=torch.float64, device=inputs.device))
    return Form.of(after)


def _row(values: list[Tensor]) -> Tensor:
    return torch.cat([value.reshape(-1) for value in values])


def _views(row: Tensor, shapes: list[torch.Size]) -> Iterator[Tensor]:
    parts = torch.split(row, [shape.numel() for shape in shapes])
    return iter([part.view(shape) for part, shape in zip(parts, shapes, strict=True)])
