"""Real digits with a mark that gives one of them away: Clever Hans, the horse that could not count."""

from typing import Annotated, Any, ClassVar, Literal

import torch
from layerlab_schemas.base import Count, NonNegative, PositiveCount
from pydantic import Field
from torch import Tensor

from layerlab.datasets.base import DatasetKind, LoadedData
from layerlab.datasets.bundled import read_bundled
from layerlab.registry import Params

SIDE = 8
#: As dark as a pixel can be.
INK = 16.0
Corner = Literal["top_left", "top_right", "bottom_left", "bottom_right"]


class MarkedDigitsParams(Params):
    """Which digit is marked, how, and what becomes of the mark in validation."""

    digit: Annotated[Count, Field(le=9)] = Field(default=3, description="The digit whose samples carry the mark.")
    share: Annotated[NonNegative, Field(le=1)] = Field(
        default=1.0, description="Share of its samples that carry it; 1: all."
    )
    place: Corner = Field(default="top_left", description="The corner where the mark is.")
    size: Annotated[PositiveCount, Field(le=3)] = Field(default=2, description="Pixels of the mark's side, of 8.")
    validation: Literal["moved", "other_corner", "absent", "same"] = Field(
        default="moved",
        description="The mark in the validation part: moved onto all other digits and off its own; in the other_corner "
        "of its own; absent; or the same as in training.",
    )


class MarkedDigits(DatasetKind):
    """The 1 797 digits, one of them with a bright square in a corner.

    A net needs no more than the square to be right about that digit in training, so it looks at nothing else. Training
    accuracy says that all is well; validation shows what was learnt as soon as the mark is elsewhere, and a saliency
    map shows where the net looks.
    """

    kind = "marked_digits"
    title = "Marked digits"
    help = "Digits of which one bears a mark: the net reads the mark, not the digit, and is lost when the mark moves."
    formula = r"x'_{c,i} = 16 \ \text{ for pixels of the mark, where } y_i = k"
    source = (
        "The mark is drawn here, after O. Pfungst, Clever Hans (1907) and S. Lapuschkin et al., Unmasking Clever Hans "
        "predictors, Nature Communications 10 (2019); the digits: UCI (Alpaydin, Kaynak 1998), from scikit-learn"
    )
    licence = "CC BY 4.0 (the digits, UCI Machine Learning Repository)"
    group = "Images"
    task = "classification"
    input_kind = "image"
    Params = MarkedDigitsParams
    example: ClassVar[dict[str, Any]] = {"dataset": "marked_digits"}
    details: ClassVar[dict[str, Any]] = {"classes": 10, "samples": 1797, "shape": [1, 8, 8]}

    def load(self, params: MarkedDigitsParams, *, seed: int) -> LoadedData:
        """[1797, 1, 8, 8] of 0…16 as they look in training, and as they look in validation."""
        table = read_bundled("digits.csv.gz")
        plain_n1hw, classes_n = table[:, :-1].reshape(-1, 1, SIDE, SIDE).contiguous(), table[:, -1].long()
        chance_n = torch.rand(len(classes_n), generator=torch.Generator().manual_seed(seed))
        own_n = lowest(chance_n, classes_n == params.digit, params.share)
        others_n = lowest(chance_n, classes_n != params.digit, params.share)
        return LoadedData(
            inputs=marked(plain_n1hw, own_n, params.place, params.size),
            targets=classes_n,
            task="classification",
            input_kind="image",
            class_names=tuple(str(digit) for digit in range(10)),
            value_range=(0.0, INK),
            validation_inputs=in_validation(plain_n1hw, own_n, others_n, params.place, params.size, params.validation),
        )


def lowest(chance_n: Tensor, among_n: Tensor, share: float) -> Tensor:
    """[N] True for round(share · M) of the M samples in ``among_n``: those with the lowest numbers of ``chance_n``."""
    ranked = torch.where(among_n, chance_n, 2.0).argsort()
    chosen_n = torch.zeros_like(among_n)
    chosen_n[ranked[: round(share * int(among_n.sum()))]] = True
    return chosen_n


def marked(images_n1hw: Tensor, chosen_n: Tensor, place: str, size: int) -> Tensor:
    """A copy of the images, with a bright square in a corner of those that are chosen."""
    copied = images_n1hw.clone()
    rows = slice(0, size) if place.startswith("top") else slice(SIDE - size, SIDE)
    columns = slice(0, size) if place.endswith("left") else slice(SIDE - size, SIDE)
    spots = torch.zeros(SIDE, SIDE, dtype=torch.bool)
    spots[rows, columns] = True
    copied[chosen_n[:, None, None, None] & spots] = INK
    return copied


def in_validation(plain_n1hw: Tensor, own_n: Tensor, others_n: Tensor, place: str, size: int, where: str) -> Tensor:
    """The images as validation sees them."""
    if where == "absent":
        return plain_n1hw
    if where == "moved":
        return marked(plain_n1hw, others_n, place, size)
    if where == "same":
        return marked(plain_n1hw, own_n, place, size)
    up, _, side = place.partition("_")
    opposite = f"{'bottom' if up == 'top' else 'top'}_{'right' if side == 'left' else 'left'}"
    return marked(plain_n1hw, own_n, opposite, size)
