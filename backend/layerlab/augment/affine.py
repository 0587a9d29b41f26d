"""Affine changes: straight lines stay straight. What is drawn is drawn for each sample by itself."""

from typing import Annotated, Any, ClassVar

import torch
from layerlab_schemas.base import Fraction, NonNegative
from pydantic import Field
from torch import Tensor

from layerlab.augment.base import AugmentKind
from layerlab.augment.drawn import factor_b, uniform_b
from layerlab.augment.warping import WarpParams, warp

Degrees = Annotated[NonNegative, Field(le=180)]
Factor = Annotated[NonNegative, Field(le=1)]


class RotateParams(WarpParams):
    """How far it turns."""

    degrees: Degrees = Field(default=15.0, description="Largest angle to either side.")


class Rotate(AugmentKind[RotateParams]):
    """Turned about its middle, by an angle that is drawn evenly."""

    kind = "rotate"
    title = "Rotation"
    help = "Turned about its middle, by any angle up to the largest. Too much of it makes a 6 a 9."
    formula = (
        r"\begin{pmatrix}\cos\theta & -\sin\theta\\ \sin\theta & \cos\theta\end{pmatrix},\quad \theta \sim U(-d, d)"
    )
    source = "P. Simard, D. Steinkraus, J. Platt, Best practices for CNNs applied to visual document analysis (2003)"
    group = "Geometry"
    takes = ("image", "video")
    aliases = ("rotation",)
    Params = RotateParams
    example: ClassVar[dict[str, Any]] = {"kind": "rotate", "degrees": 15}

    def change(self, params: RotateParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """One angle a sample."""
        angle_b = uniform_b(-params.degrees, params.degrees, inputs, generator)
        return warp(inputs, params.padding_mode, angle_b=angle_b)


class TranslateParams(WarpParams):
    """How far it moves."""

    translate: Fraction = Field(default=0.1, description="Largest shift each way, as a share of the side.")


class Translate(AugmentKind[TranslateParams]):
    """Moved along both axes, by shares of the side that are drawn evenly; not by whole pixels only."""

    kind = "translate"
    title = "Translation"
    help = "Moved sideways and up or down, by any part of a pixel. A network should not care where a thing is."
    formula = r"x'_{i,j} = x_{i-t_y,\,j-t_x},\quad t_x \sim U(-tW, tW),\ t_y \sim U(-tH, tH)"
    source = "P. Simard, D. Steinkraus, J. Platt, Best practices for CNNs applied to visual document analysis (2003)"
    group = "Geometry"
    takes = ("image", "video")
    aliases = ("translation",)
    Params = TranslateParams
    example: ClassVar[dict[str, Any]] = {"kind": "translate", "translate": 0.1}

    def change(self, params: TranslateParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """One shift along each axis a sample."""
        return warp(inputs, params.padding_mode, shift_b2=_shift_b2(params.translate, inputs, generator))


class StretchParams(WarpParams):
    """How far it is stretched."""

    stretch: Factor = Field(
        default=0.2,
        description="0.2: each axis by its own factor between 1 / 1.2 and 1.2, drawn evenly on a log scale.",
    )


class Stretch(AugmentKind[StretchParams]):
    """Each axis stretched or squeezed by a factor of its own, about the middle."""

    kind = "stretch"
    title = "Stretching"
    help = "Made wider or narrower, taller or flatter: each axis by a factor of its own."
    formula = r"\operatorname{diag}(s_x, s_y),\quad \ln s \sim U\big(-\ln(1+s_{\max}),\ \ln(1+s_{\max})\big)"
    source = "D. Cireșan et al., Deep, big, simple neural nets for handwritten digit recognition (2010)"
    group = "Geometry"
    takes = ("image", "video")
    Params = StretchParams
    example: ClassVar[dict[str, Any]] = {"kind": "stretch", "stretch": 0.2}

    def change(self, params: StretchParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """Two factors a sample."""
        factors = [factor_b(params.stretch, inputs, generator) for _ in "xy"]
        return warp(inputs, params.padding_mode, scale_b2=torch.stack(factors, 1))


class AffineParams(WarpParams):
    """How far each part of it goes."""

    degrees: Degrees = Field(default=10.0, description="Largest angle to either side.")
    translate: Fraction = Field(default=0.1, description="Largest shift each way, as a share of the side.")
    scale: Factor = Field(
        default=0.1, description="0.1: size by a factor between 1 / 1.1 and 1.1, drawn on a log scale."
    )
    shear: Annotated[NonNegative, Field(le=60)] = Field(
        default=10.0, description="Largest slant of each axis in degrees."
    )


class Affine(AugmentKind[AffineParams]):
    """Slanted, turned, scaled and moved at once: one reading of the pixels, so that it blurs only once."""

    kind = "affine"
    title = "Affine map"
    help = "Slanted, turned, scaled and moved at once; parallel lines stay parallel."
    formula = r"x'(u) = x\big(A^{-1}(u - m - t) + m\big),\quad A = s\,R_\theta\,S_{\varphi_x,\varphi_y}"
    source = "P. Simard, D. Steinkraus, J. Platt, Best practices for CNNs applied to visual document analysis (2003)"
    group = "Geometry"
    takes = ("image", "video")
    Params = AffineParams
    example: ClassVar[dict[str, Any]] = {"kind": "affine", "degrees": 10, "translate": 0.1, "scale": 0.1, "shear": 10}

    def change(self, params: AffineParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """Angle, shift, size and two slants a sample."""
        shears = [uniform_b(-params.shear, params.shear, inputs, generator) for _ in "xy"]
        return warp(
            inputs,
            params.padding_mode,
            angle_b=uniform_b(-params.degrees, params.degrees, inputs, generator),
            shift_b2=_shift_b2(params.translate, inputs, generator),
            scale_b2=factor_b(params.scale, inputs, generator)[:, None].expand(-1, 2),
            shear_b2=torch.stack(shears, 1),
        )


def _shift_b2(share: float, inputs: Tensor, generator: torch.Generator) -> Tensor:
    """[B, 2] pixels along x and y, up to ``share`` of the width and of the height."""
    height, width = inputs.shape[-2:]
    shifts = [uniform_b(-share * size, share * size, inputs, generator) for size in (width, height)]
    return torch.stack(shifts, 1)
