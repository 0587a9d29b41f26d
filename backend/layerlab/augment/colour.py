"""Light and colour; each factor is drawn for each sample by itself."""

import math
from typing import Annotated, Any, ClassVar

import torch
from layerlab_schemas.base import NonNegative
from pydantic import Field
from torch import Tensor

from layerlab.augment.base import AugmentKind, DrawnStrengthParams
from layerlab.augment.drawn import uniform_b

#: What a factor's field says.
_SPREAD = "The factor is drawn evenly from 1 − this to 1 + this."


class BrightnessParams(DrawnStrengthParams):
    """How far."""

    brightness: Annotated[NonNegative, Field(le=1)] = Field(default=0.3, description=_SPREAD)


class Brightness(AugmentKind[BrightnessParams]):
    """Every pixel times one factor, as in PIL; what comes out above white is white."""

    kind = "brightness"
    title = "Brightness"
    help = "Lighter or darker: every pixel times one factor."
    formula = r"x' = \operatorname{clip}(f x,\ 0,\ 1),\quad f \sim U(1-b, 1+b)"
    source = "A. Howard, Some improvements on deep CNN based image classification (2013); PIL ImageEnhance.Brightness"
    group = "Light and colour"
    takes = ("image", "video")
    Params = BrightnessParams
    example: ClassVar[dict[str, Any]] = {"kind": "brightness", "brightness": 0.3}

    def change(self, params: BrightnessParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """One factor a sample."""
        from kornia.enhance import adjust_brightness_accumulative

        factor = _factor_b(params.brightness, inputs, generator)
        return adjust_brightness_accumulative(inputs.flatten(1, -3), factor).reshape(inputs.shape)


class ContrastParams(DrawnStrengthParams):
    """How far."""

    contrast: Annotated[NonNegative, Field(le=1)] = Field(default=0.3, description=_SPREAD)


class Contrast(AugmentKind[ContrastParams]):
    """Every pixel's distance from the mean grey of its image times one factor, as in PIL."""

    kind = "contrast"
    title = "Contrast"
    help = "Paler or harsher: the distance of every pixel from the mean grey times one factor."
    formula = r"x' = \operatorname{clip}\big(\bar g + f (x - \bar g),\ 0,\ 1\big),\quad f \sim U(1-c, 1+c)"
    source = "A. Howard, Some improvements on deep CNN based image classification (2013); PIL ImageEnhance.Contrast"
    group = "Light and colour"
    Params = ContrastParams
    example: ClassVar[dict[str, Any]] = {"kind": "contrast", "contrast": 0.3}

    def change(self, params: ContrastParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """One factor a sample."""
        from kornia.enhance import adjust_contrast_with_mean_subtraction

        return adjust_contrast_with_mean_subtraction(inputs, _factor_b(params.contrast, inputs, generator))


class SaturationParams(DrawnStrengthParams):
    """How far."""

    saturation: Annotated[NonNegative, Field(le=1)] = Field(default=0.4, description=_SPREAD)


class Saturation(AugmentKind[SaturationParams]):
    """Every pixel's distance from its own grey times one factor, as in PIL. Grey images stay as they are."""

    kind = "saturation"
    title = "Saturation"
    help = "Greyer or more colourful. A grey image stays as it is."
    formula = r"x'_c = \operatorname{clip}\big(g + f (x_c - g),\ 0,\ 1\big),\quad g = 0.299 R + 0.587 G + 0.114 B"
    source = "A. Howard, Some improvements on deep CNN based image classification (2013); PIL ImageEnhance.Color"
    group = "Light and colour"
    needs_colour = True
    Params = SaturationParams
    example: ClassVar[dict[str, Any]] = {"kind": "saturation", "saturation": 0.4}

    def change(self, params: SaturationParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """One factor a sample."""
        from kornia.enhance import adjust_saturation_with_gray_subtraction

        factor = _factor_b(params.saturation, inputs, generator)
        return adjust_saturation_with_gray_subtraction(inputs, factor) if inputs.shape[-3] == 3 else inputs


class HueParams(DrawnStrengthParams):
    """How far."""

    hue: Annotated[NonNegative, Field(le=0.5)] = Field(
        default=0.1, description="Largest turn of the colour wheel to either side; 0.5 is half of it."
    )


class Hue(AugmentKind[HueParams]):
    """All colours turned round the colour wheel by one angle (HSV). Grey images stay as they are."""

    kind = "hue"
    title = "Hue"
    help = "All colours turned round the colour wheel: red towards orange or pink. A grey image stays as it is."
    formula = r"H' = (H + \delta) \bmod 1,\quad \delta \sim U(-h, h)"
    source = "A. R. Smith, Color gamut transform pairs, SIGGRAPH 1978; torchvision ColorJitter"
    group = "Light and colour"
    needs_colour = True
    Params = HueParams
    example: ClassVar[dict[str, Any]] = {"kind": "hue", "hue": 0.1}

    def change(self, params: HueParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """One angle a sample."""
        from kornia.enhance import adjust_hue

        angle_b = uniform_b(-params.hue, params.hue, inputs, generator) * (2 * math.pi)
        return adjust_hue(inputs, angle_b) if inputs.shape[-3] == 3 else inputs


def _factor_b(spread: float, inputs: Tensor, generator: torch.Generator) -> Tensor:
    return uniform_b(1 - spread, 1 + spread, inputs, generator)
