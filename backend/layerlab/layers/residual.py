"""A residual block: two convolutions, and a skip around them."""

from collections.abc import Sequence
from math import prod
from typing import Any, Literal

import torch
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import Tensor, nn

from layerlab.layers.base import Code, Extent, LayerKind, Shape, Site, Sliding, Width, sources_of
from layerlab.layers.batch_statistics import BatchNormModule
from layerlab.layers.grouping import usual_groups
from layerlab.params import Params

_ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
}


class ResidualParams(Params):
    """Fields of ``residual``; those of the convolutions are named as in ``nn.Conv2d``."""

    out_channels: Width | None = Field(default=None, description="Maps that come out; left out, as many as come in.")
    kernel_size: Extent = Field(default=3, description="Side of the filters in pixels; odd, so that sizes stay.")
    stride: Extent = Field(default=1, description="Of the first convolution: 2 halves the image.")
    norm: Literal["batch_norm", "group_norm", "none"] = Field(
        default="batch_norm", description="Norm behind each convolution."
    )
    activation: Literal["relu", "leaky_relu", "elu", "gelu", "silu", "tanh"] = Field(
        default="relu", description="Activation behind the first norm and behind the sum."
    )

    def channels(self, shape: Shape) -> int:
        """Maps that come out."""
        return self.out_channels or shape[0]

    def projects(self, shape: Shape) -> bool:
        """True where the skip needs a 1×1 convolution to fit the sum."""
        return self.stride > 1 or self.channels(shape) != shape[0]


class ResidualBlock(nn.Module):
    """activation(norm(conv(activation(norm(conv(x))))) + skip(x)); the skip is x, or a 1×1 convolution with a norm.

    Args:
        channels: Maps that come in and go out.
        kernel_size: Side of the filters, odd.
        stride: Of the first convolution and of the skip.
        projects: Whether the skip is a convolution.
        norm: Makes a norm of the maps that go out; None for none.
        activation: What bends.
    """

    def __init__(
        self, channels: tuple[int, int], kernel_size: int, stride: int, *, projects: bool,
        norm: Any, activation: nn.Module,
    ) -> None:  # fmt: skip
        super().__init__()
        width, bias, make = channels[1], norm is None, norm or nn.Identity
        self.conv1 = nn.Conv2d(*channels, kernel_size, stride=stride, padding=kernel_size // 2, bias=bias)
        self.norm1 = make()
        self.conv2 = nn.Conv2d(width, width, kernel_size, padding=kernel_size // 2, bias=bias)
        self.norm2 = make()
        self.skip = nn.Sequential()
        if projects:
            self.skip = nn.Sequential(nn.Conv2d(*channels, 1, stride=stride, bias=bias), make())
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] → [N, out, H′, W′]."""
        inner = self.norm2(self.conv2(self.activation(self.norm1(self.conv1(x)))))
        given: Tensor = self.activation(inner + self.skip(x))
        return given


class Residual(LayerKind[ResidualParams]):
    """[C, H, W] → [out_channels, ⌈H/s⌉, ⌈W/s⌉]."""

    kind = "residual"
    title = "Residual"
    help = "Two convolutions learn what to change, and a skip adds what came in: gradients pass even a hundred of them."
    formula = r"y = \phi\big(x + F(x)\big), \quad F(x) = \mathrm{norm}\, W_2 * \phi(\mathrm{norm}\, W_1 * x)"
    source = "K. He et al., Deep residual learning for image recognition, CVPR 2016"
    group = "weights"
    by_frame = True
    aliases = ("basic_block",)
    Params = ResidualParams
    example = {
        "data": {"dataset": "digits"},
        "graph": [
            {"kind": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": 1},
            {"kind": "residual"},
            {"kind": "residual", "out_channels": 16, "stride": 2},
            {"kind": "global_avg_pool"},
            {"kind": "linear", "out_features": 10},
        ],
    }
    has_weights = True

    def check_inputs(self, params: ResidualParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses what is no image, and even kernels, which would change the size."""
        (shape,) = input_shapes
        problems = site.needs_image(shape) or self._one_value(params, shape, site)
        if problems or params.kernel_size % 2:
            return problems
        odd = params.kernel_size - 1
        message = f"{site.node} needs an odd kernel_size, so that what is added has the same size."
        hint, mend = f"Set kernel_size to {odd}.", site.mend("kernel_size", odd)
        return [
            site.problem(
                "even_kernel", message, field="kernel_size", expected="an odd number", got=params.kernel_size,
                hint=hint, mend=mend,
            )
        ]  # fmt: skip

    def _one_value(self, params: ResidualParams, shape: Shape, site: Site) -> list[Problem]:
        """A group norm of a single number always gives 0."""
        if params.norm != "group_norm" or prod(self.output_shape(params, nn.Identity(), [shape])) > 1:
            return []
        message = f"{site.node} would normalise a single value, from {site.source}; what comes out would always be 0."
        hint, mend = "Set norm to none, or use more maps.", site.mend("norm", "none")
        return [
            site.problem("one_value", message, field="norm", expected="at least 2 values", got=1, hint=hint, mend=mend)
        ]

    def check_batch(
        self, params: ResidualParams, input_shapes: Sequence[Shape], smallest_batch: int, site: Site
    ) -> list[Problem]:
        """Refuses batches of one sample where a batch norm gets one pixel of each map."""
        pixels = prod(-(-size // params.stride) for size in input_shapes[0][1:])
        if params.norm != "batch_norm" or smallest_batch * pixels > 1:
            return []
        message = f"{site.node} needs more than one value for each channel, and a training batch here has one sample."
        hint, mend = "Change batch_size, or set norm to group_norm.", site.mend("norm", "group_norm")
        return [
            site.problem(
                "batch_too_small", message, field="norm", expected="at least 2 samples", got=smallest_batch,
                hint=hint, mend=mend,
            )
        ]  # fmt: skip

    def build(self, params: ResidualParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """A ``ResidualBlock``."""
        (shape,) = input_shapes
        width = params.channels(shape)
        norms: dict[str, Any] = {
            "batch_norm": lambda: BatchNormModule(width),
            "group_norm": lambda: nn.GroupNorm(usual_groups(width), width),
            "none": None,
        }
        return ResidualBlock(
            (shape[0], width),
            params.kernel_size,
            params.stride,
            projects=params.projects(shape),
            norm=norms[params.norm],
            activation=_ACTIVATIONS[params.activation](),
        )

    def output_shape(self, params: ResidualParams, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """By arithmetic."""
        (shape,) = input_shapes
        return (params.channels(shape), *(-(-size // params.stride) for size in shape[1:]))

    def code(self, params: ResidualParams, input_shapes: Sequence[Shape]) -> Code:
        """The same class."""
        (shape,) = input_shapes
        width = params.channels(shape)
        norms = {
            "batch_norm": f"lambda: nn.BatchNorm2d({width})",
            "group_norm": f"lambda: nn.GroupNorm({usual_groups(width)}, {width})",
            "none": "None",
        }
        module = (
            f"ResidualBlock(({shape[0]}, {width}), {params.kernel_size}, {params.stride}, "
            f"projects={params.projects(shape)}, norm={norms[params.norm]}, "
            f"activation=nn.{_ACTIVATIONS[params.activation].__name__}())"
        )
        return Code(module, definitions=sources_of(ResidualBlock))

    def multiply_adds(
        self, params: ResidualParams, module: Any, input_shapes: Sequence[Shape], output_shape: Shape
    ) -> int:
        """Two convolutions, and the one of the skip."""
        channels, width = input_shapes[0][0], output_shape[0]
        skip = channels if params.projects(input_shapes[0]) else 0
        return prod(output_shape) * (params.kernel_size**2 * (channels + width) + skip)

    def activation_after(self, params: ResidualParams, name: str) -> str:
        """Every sum inside comes to the activation; smooth ones count as ReLU."""
        return params.activation if params.activation in {"tanh", "leaky_relu"} else "relu"

    def norms_inside(self, params: ResidualParams) -> bool:
        """Behind each convolution, unless there are none."""
        return params.norm != "none"

    def receptive(self, params: ResidualParams) -> Sliding:
        """Both kernels, the second with the stride of the first."""
        side = 1 + (params.kernel_size - 1) * (1 + params.stride)
        return (side, side), (params.stride, params.stride)
