"""All values of a step in two rows: one of float32, one of int64. A loop then carries two tensors, not dozens."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from layerlab.training.engines.functional import Values


@dataclass(frozen=True)
class Form:
    """Where each value has its place: name, shape, and whether it is a whole number."""

    weights: dict[str, torch.Size]
    buffers: dict[str, tuple[torch.Size, bool]]
    kept: tuple[dict[str, torch.Size], ...]
    has_gradient: tuple[bool, ...]

    @classmethod
    def of(cls, values: Values) -> "Form":
        """The form of values as a step gives them."""
        return cls(
            {name: value.shape for name, value in values.weights.items()},
            {name: (value.shape, not value.is_floating_point()) for name, value in values.buffers.items()},
            tuple({name: value.shape for name, value in one.items()} for one in values.kept),
            tuple(gradient is not None for gradient in values.gradients),
        )

    def pack(self, values: Values) -> tuple[Tensor, Tensor]:
        """The float32 values one behind the other (weights, buffers, kept, gradients), and the int64 buffers."""
        floats = [*values.weights.values()]
        floats += [value for name, value in values.buffers.items() if not self.buffers[name][1]]
        floats += [
            value for one, form in zip(values.kept, self.kept, strict=True) for value in (one[name] for name in form)
        ]
        floats += [gradient for gradient in values.gradients if gradient is not None]
        whole = [value for name, value in values.buffers.items() if self.buffers[name][1]]
        return _row(floats, torch.float32), _row(whole, torch.int64)

    def blank(self) -> Values:
        """Zeros of this form."""
        kinds = {True: torch.int64, False: torch.float32}
        return self.with_gradients(
            Values(
                {name: torch.zeros(shape) for name, shape in self.weights.items()},
                {name: torch.zeros(shape, dtype=kinds[is_whole]) for name, (shape, is_whole) in self.buffers.items()},
                [{name: torch.zeros(shape) for name, shape in one.items()} for one in self.kept],
            )
        )

    def with_gradients(self, values: Values) -> Values:
        """The same with zeros for gradients that are not there yet; a step does not read them."""
        shapes = zip(self.has_gradient, self.weights.values(), strict=True)
        blank = [torch.zeros(shape) if has else None for has, shape in shapes]
        return Values(values.weights, values.buffers, values.kept, blank)

    def unpack(self, floats: Tensor, whole: Tensor) -> Values:
        """The values as views of both rows."""
        shapes = [*self.weights.values(), *(shape for shape, is_whole in self.buffers.values() if not is_whole)]
        shapes += [shape for one in self.kept for shape in one.values()]
        shapes += [shape for shape, has in zip(self.weights.values(), self.has_gradient, strict=True) if has]
        parts, counts = (
            iter(_views(floats, shapes)),
            iter(_views(whole, [s for s, is_w in self.buffers.values() if is_w])),
        )
        weights = {name: next(parts) for name in self.weights}
        buffers = {name: next(counts if is_whole else parts) for name, (_, is_whole) in self.buffers.items()}
        # Whole numbers have a row of their own, so the float parts follow in their order whatever lies between.
        kept = [{name: next(parts) for name in one} for one in self.kept]
        gradients = [next(parts) if has else None for has in self.has_gradient]
        return Values(weights, buffers, kept, gradients)


def _row(values: Sequence[Tensor], dtype: torch.dtype) -> Tensor:
    return torch.cat([value.reshape(-1).to(dtype) for value in values]) if values else torch.zeros(0, dtype=dtype)


def _views(row: Tensor, shapes: Sequence[torch.Size]) -> list[Tensor]:
    parts = row.split([shape.numel() for shape in shapes])
    return [part.view(shape) for part, shape in zip(parts, shapes, strict=True)]
