"""What an augmentation is: a seeded change of each sample of a batch, before preprocessing."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import torch
from layerlab_schemas.base import NonNegative
from layerlab_schemas.catalog import Family
from pydantic import Field
from torch import Tensor

from layerlab.registry import Kind, Params


class AugmentParams(Params):
    """Fields of every augmentation."""

    p: Annotated[NonNegative, Field(le=1)] = Field(default=0.5, description="Chance that a sample is changed.")


class DrawnStrengthParams(AugmentParams):
    """Fields of an augmentation whose strength is drawn for each sample, and may come out small."""

    p: Annotated[NonNegative, Field(le=1)] = Field(default=1.0, description="Chance that a sample is changed.")


P = TypeVar("P", bound=AugmentParams)


class AugmentKind(Kind, Generic[P]):
    """One augmentation.

    Pixels come and go as numbers from 0 to 1, whatever the set's own range is, grey or in colour, on any device. All
    chance comes from the generator, so that the same batch of the same step is changed in the same way again.
    """

    family = Family.AUGMENTATION
    #: Kinds of inputs that it can change; see a dataset's ``input_kind``.
    takes: ClassVar[tuple[str, ...]] = ("image",)
    #: True where samples are mixed, and their labels with them; see ``MixKind``.
    mixes: ClassVar[bool] = False
    #: True where it changes colours only, so that a grey image stays as it is.
    needs_colour: ClassVar[bool] = False

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
        told = {"takes": list(self.takes), "mixes": self.mixes, "needs_colour": self.needs_colour}
        return told | self.details


@dataclass(frozen=True)
class Mixed:
    """A batch whose samples have two labels each.

    The loss of a sample is its share times the loss for its own label, plus the rest times that for the partner's.

    Attributes:
        inputs: [B, …] from 0 to 1.
        partner_b: [B] int64, the place in the batch of the sample that was mixed in.
        own_share_b: [B] float32, how much of its own label holds: 1 where nothing was mixed in.
    """

    inputs: Tensor
    partner_b: Tensor
    own_share_b: Tensor


class MixKind(AugmentKind[P]):
    """An augmentation that mixes each sample with another one of the batch, and the labels in the same share."""

    mixes = True

    @abstractmethod
    def blend(
        self, params: P, inputs: Tensor, partners: Tensor, *, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """The mixed samples [B, …] and the share [B] of each that is its own, from pairs of samples."""

    def change(self, params: P, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """The mixed samples alone; ``mix`` tells whose labels they have."""
        return self.blend(params, inputs, inputs[_partners(inputs, generator)], generator=generator)[0]

    def mix(self, params: P, inputs: Tensor, *, generator: torch.Generator) -> Mixed:
        """Each sample mixed with another one with the chance ``p``; the order of the partners is drawn.

        Args:
            params: Its fields.
            inputs: [B, …] from 0 to 1.
            generator: On the CPU.
        """
        chosen_b = (torch.rand(len(inputs), generator=generator) < params.p).to(inputs.device)
        partner_b = _partners(inputs, generator)
        blended, share_b = self.blend(params, inputs, inputs[partner_b], generator=generator)
        mixed = torch.where(chosen_b.reshape(-1, *[1] * (inputs.ndim - 1)), blended, inputs)
        return Mixed(mixed, partner_b, torch.where(chosen_b, share_b, torch.ones_like(share_b)))


def _partners(inputs: Tensor, generator: torch.Generator) -> Tensor:
    return torch.randperm(len(inputs), generator=generator).to(inputs.device)
