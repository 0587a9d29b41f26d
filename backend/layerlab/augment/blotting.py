"""Parts of the picture taken away or covered: by a square, by noise, by blur."""

import math
from typing import Annotated, Any, ClassVar

import torch
from layerlab_schemas.base import NonNegative, Positive
from pydantic import Field
from torch import Tensor

from layerlab.augment.base import AugmentKind, AugmentParams, DrawnStrengthParams
from layerlab.augment.drawn import uniform_b


class CutoutParams(AugmentParams):
    """How large the square is, and how it is filled."""

    size: Annotated[Positive, Field(le=1)] = Field(
        default=0.4, description="Side of the square, as a share of the image's."
    )
    value: Annotated[NonNegative, Field(le=1)] = Field(
        default=0.0, description="What it is filled with: 0 black, 1 white."
    )


class Cutout(AugmentKind[CutoutParams]):
    """A square blotted out. Its middle is any pixel, so that at the border less than all of it is seen."""

    kind = "cutout"
    title = "Cutout"
    help = "A square is blotted out: the network must not rely on one part alone. Dropout for the input."
    formula = r"x'_{i,j} = v \ \text{ where } |i-i_0|, |j-j_0| < \tfrac{L}{2},\ \text{ else } x_{i,j}"
    source = "T. DeVries, G. Taylor, Improved regularization of CNNs with cutout (2017)"
    group = "Occlusion and noise"
    takes = ("image", "video")
    Params = CutoutParams
    example: ClassVar[dict[str, Any]] = {"kind": "cutout", "size": 0.4}

    def change(self, params: CutoutParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """One square a sample."""
        is_in = []
        for size in inputs.shape[-2:]:
            side = max(1, round(params.size * size))
            start_b = torch.randint(0, size, (len(inputs),), generator=generator) - side // 2
            place = torch.arange(size) - start_b[:, None]
            is_in.append((place >= 0) & (place < side))
        is_cut = (is_in[0][:, :, None] & is_in[1][:, None, :]).to(inputs.device)
        wide = is_cut.reshape(len(inputs), *[1] * (inputs.ndim - 3), *inputs.shape[-2:])
        return inputs.masked_fill(wide, params.value)


class GaussianNoiseParams(AugmentParams):
    """How strong."""

    std: Annotated[Positive, Field(le=1)] = Field(
        default=0.1, description="Standard deviation; pixels run from 0 to 1."
    )


class GaussianNoise(AugmentKind[GaussianNoiseParams]):
    """Noise of its own on every pixel and channel, cut off below black and above white."""

    kind = "gaussian_noise"
    title = "Gaussian noise"
    help = "Every pixel is a little off by chance, as in the picture of a poor camera."
    formula = r"x' = \operatorname{clip}(x + \varepsilon,\ 0,\ 1),\quad \varepsilon \sim \mathcal N(0, \sigma^2)"
    source = "C. Bishop, Training with noise is equivalent to Tikhonov regularization, Neural Computation 7 (1995)"
    group = "Occlusion and noise"
    takes = ("image", "video")
    Params = GaussianNoiseParams
    example: ClassVar[dict[str, Any]] = {"kind": "gaussian_noise", "std": 0.1}

    def change(self, params: GaussianNoiseParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """A draw for each number."""
        noise = torch.randn(inputs.shape, generator=generator).to(inputs.device)
        return (inputs + params.std * noise).clamp(0, 1)


class GaussianBlurParams(DrawnStrengthParams):
    """How strong."""

    sigma: Annotated[Positive, Field(le=8)] = Field(
        default=1.0, description="Largest standard deviation of the kernel in pixels; it is drawn evenly from 0.1 up."
    )


class GaussianBlur(AugmentKind[GaussianBlurParams]):
    """Each pixel becomes a mean of those around it, weighted by a bell; beyond the edge its pixels repeat."""

    kind = "gaussian_blur"
    title = "Gaussian blur"
    help = "Out of focus: each pixel becomes the mean of those around it, the near ones counting more."
    formula = (
        r"x' = x * G_\sigma,\quad G_\sigma(u, v) \propto e^{-(u^2+v^2)/2\sigma^2},\ \sigma \sim U(0.1, \sigma_{\max})"
    )
    source = "T. Chen et al., A simple framework for contrastive learning of visual representations (2020), appendix A"
    group = "Occlusion and noise"
    takes = ("image", "video")
    Params = GaussianBlurParams
    example: ClassVar[dict[str, Any]] = {"kind": "gaussian_blur", "sigma": 1.0}

    def change(self, params: GaussianBlurParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """One width a sample; the kernel reaches as far as three of the largest one."""
        from kornia.filters import gaussian_blur2d

        low = min(0.1, params.sigma)
        sigma_b2 = uniform_b(low, params.sigma, inputs, generator)[:, None].expand(-1, 2)
        size = 2 * math.ceil(3 * params.sigma) + 1
        return gaussian_blur2d(inputs.flatten(1, -3), (size, size), sigma_b2, "replicate").reshape(inputs.shape)


class SobelParams(AugmentParams):
    """Only the chance."""


class Sobel(AugmentKind[SobelParams]):
    """The image of its edges: how steep the brightness is at each pixel. A full step from black to white gives 1."""

    kind = "sobel"
    title = "Sobel edges"
    help = "The image of its edges: bright where brightness changes, black where it is even."
    formula = (
        r"x' = \min\!\Big(1,\ \tfrac14 \sqrt{(S_x * x)^2 + (S_x^\top * x)^2}\Big),\quad "
        r"S_x = \begin{pmatrix}-1&0&1\\-2&0&2\\-1&0&1\end{pmatrix}"
    )
    source = "I. Sobel, G. Feldman, A 3×3 isotropic gradient operator for image processing (1968)"
    group = "Occlusion and noise"
    takes = ("image", "video")
    Params = SobelParams
    example: ClassVar[dict[str, Any]] = {"kind": "sobel", "p": 0.3}

    def change(self, params: SobelParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """Channel by channel."""
        from kornia.filters import sobel

        steepness = sobel(inputs.flatten(1, -3), normalized=False, eps=0.0)
        return (steepness / 4).clamp(max=1).reshape(inputs.shape)
