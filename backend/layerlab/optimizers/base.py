"""What an optimizer is: its fields, the PyTorch class that steps, and how a change reaches it while it runs."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import torch
from layerlab_schemas.base import Fraction, NonNegative
from layerlab_schemas.catalog import Family
from pydantic import Field
from torch import Tensor
from torch.optim import Optimizer

from layerlab.params import Params, live
from layerlab.registry import Kind

# Far above any use; beyond the range of a 32-bit float PyTorch would fail in the middle of a run.
Rate = Annotated[NonNegative, Field(le=1e6)]
Small = Annotated[NonNegative, Field(le=1e6)]
Share = Annotated[NonNegative, Field(le=1)]
Betas = Annotated[list[Fraction], Field(min_length=2, max_length=2)]


class OptimizerParams(Params):
    """Every optimizer has a learning rate; a schedule multiplies it."""

    lr: Rate = live(0.001, "Learning rate: how far a step goes.")


P = TypeVar("P", bound=OptimizerParams)


class OptimizerKind(Kind, Generic[P]):
    """One optimizer, done by PyTorch. Its state belongs to a checkpoint and is complete for a bit-exact resume."""

    family = Family.OPTIMIZER
    group = "Optimizers"
    fused_on: ClassVar[frozenset[str]] = frozenset({"cpu", "cuda"})
    """Device types with a kernel that steps all weights at once; measured 2–4 times as fast as one by one."""

    @property
    @abstractmethod
    def torch_class(self) -> type[Optimizer]:
        """The class that does the work."""

    def settings(self, params: P) -> dict[str, Any]:
        """The fields in the words of the PyTorch class, the same as in its parameter groups."""
        return params.model_dump()

    def build(self, params: P, weights: Sequence[Tensor]) -> Optimizer:
        """The optimizer with an empty state. ``weights`` are leaves that need a gradient, all on one device."""
        device = weights[0].device.type
        speed: dict[str, Any] = {"fused": True} if device in self.fused_on else {"foreach": True}
        return self.torch_class(weights, **self.settings(params), **speed)

    def change(self, optimizer: Optimizer, params: P) -> None:
        """Give a running optimizer new fields; its state stays, and what the new fields need is added to it."""
        for group in optimizer.param_groups:
            group.update(self.settings(params))
        for weight, state in optimizer.state.items():
            for name in self.needed_state(params):
                if state.get(name) is None:
                    state[name] = torch.zeros_like(weight)

    def needed_state(self, params: P) -> list[str]:
        """Names of state tensors shaped like the weight that these fields need and others do not."""
        return []
