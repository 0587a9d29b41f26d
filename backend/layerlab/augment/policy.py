"""Augmentation by lot: which change is made is drawn too."""

from typing import Annotated, Any, ClassVar

import torch
from layerlab_schemas.base import Count, PositiveCount
from pydantic import Field
from torch import Tensor

from layerlab.augment.base import AugmentKind, DrawnStrengthParams
from layerlab.augment.operations import operated

#: The levels that a strength is counted in.
LEVELS = 30


class RandAugmentParams(DrawnStrengthParams):
    """How many changes, and how strong."""

    num_ops: Annotated[PositiveCount, Field(le=8)] = Field(
        default=2, description="Changes one after another: N in the paper."
    )
    magnitude: Annotated[Count, Field(le=LEVELS)] = Field(default=9, description="Strength of all of them, 0 to 30: M.")


class RandAugment(AugmentKind[RandAugmentParams]):
    """N of fourteen changes, drawn for each image, all of one strength: two numbers in place of a long search.

    The fourteen: nothing, auto contrast, equalize, rotate, solarize, colour, posterize, contrast, brightness,
    sharpness, shear and translate along each axis. Which side a change goes to is drawn; its strength is not.
    """

    kind = "rand_augment"
    title = "RandAugment"
    help = "N changes drawn from fourteen for each image, all of one strength M: only two numbers to choose."
    formula = r"x' = (o_N \circ \dots \circ o_1)(x;\ M),\quad o_n \sim U\{1, \dots, 14\}"
    source = "E. Cubuk et al., RandAugment: practical automated data augmentation with a reduced search space (2020)"
    group = "By lot"
    aliases = ("randaugment",)
    Params = RandAugmentParams
    example: ClassVar[dict[str, Any]] = {"kind": "rand_augment", "num_ops": 2, "magnitude": 9}

    def change(self, params: RandAugmentParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """One change after another, each drawn for each image."""
        level_b = torch.full((len(inputs),), params.magnitude / LEVELS, device=inputs.device)
        changed = inputs
        for _ in range(params.num_ops):
            changed = operated(changed, level_b, generator)
        return changed


class TrivialAugmentParams(DrawnStrengthParams):
    """Only the chance: there is nothing to choose."""


class TrivialAugment(AugmentKind[TrivialAugmentParams]):
    """One of RandAugment's fourteen changes, at a strength that is drawn as well: nothing to tune, and as good."""

    kind = "trivial_augment"
    title = "TrivialAugment"
    help = "One change drawn from fourteen for each image, at a drawn strength: nothing to choose, and as good."
    formula = r"x' = o(x;\ m),\quad o \sim U\{1, \dots, 14\},\ m \sim U\{0, \dots, 30\}"
    source = "S. Müller, F. Hutter, TrivialAugment: tuning-free yet state-of-the-art data augmentation (2021)"
    group = "By lot"
    aliases = ("trivialaugment",)
    Params = TrivialAugmentParams
    example: ClassVar[dict[str, Any]] = {"kind": "trivial_augment"}

    def change(self, params: TrivialAugmentParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """One change an image."""
        level_b = torch.randint(LEVELS + 1, (len(inputs),), generator=generator) / LEVELS
        return operated(inputs, level_b.to(inputs.device), generator)
