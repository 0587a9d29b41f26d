"""What an augmentation is: a seeded change of each sample of a batch, before preprocessing."""

from abc import abstractmethod
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import torch
from layerlab_schemas.base import Fraction
from layerlab_schemas.catalog import Family
from pydantic import Field
from torch import Tensor

from layerlab.registry import Kind, Params


class AugmentParams(Params):
    """Fields of every augmentation."""

    p: Annotated[Fraction, Field(le=1)] = Field(default=0.5, description="Chance that a sample is changed.")


P = TypeVar("P", bound=AugmentParams)


class AugmentKind(Kind, Generic[P]):
    """One augmentation.

    Pixels come and go as numbers from 0 to 1, whatever the set's own range is, grey or in colour, on any device. All
    chance comes from the generator, so that the same batch of the same step is changed in the same way again.
    """

    family = Family.AUGMENTATION
    #: Kinds of inputs that it can change; see a dataset's ``input_kind``.
    takes: ClassVar[tuple[str, ...]] = ("image",)

    @abstractmethod
    def change(self, params: P, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """The changed samples [B, C, H, W] (videos [B, T, C, H, W]), each by its own chance; ``inputs`` stay."""

    def apply(self, params: P, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """Each sample changed with the chance ``p``, or as it came.

        Args:
            params: Its fields.
            inputs: [B, …] from 0 to 1.
            generator: On the CPU.
        """
        chosen_b = (torch.rand(len(inputs), generator=generator) < params.p).to(inputs.device)
        changed = self.change(params, inputs, generator=generator)
        return torch.where(chosen_b.reshape(-1, *[1] * (inputs.ndim - 1)), changed, inputs)

    def facts(self) -> dict[str, Any]:
        """What it can change beside what the class adds."""
        return {"takes": list(self.takes), **self.details}
