"""Orthogonal: a matrix that turns a signal and keeps its length."""

from collections.abc import Sequence

import torch
from layerlab_schemas.base import NonNegative
from pydantic import Field
from torch import Tensor, nn

from layerlab.inits.base import Follows, InitKind, fans
from layerlab.params import Params


class OrthogonalParams(Params):
    """Fields of ``orthogonal``, named as in ``nn.init.orthogonal_``."""

    gain: NonNegative = Field(default=1.0, description="Factor; √2 is usual before ReLU, 5/3 before tanh.")


class Orthogonal(InitKind[OrthogonalParams]):
    """W Wᵀ = g² I where there are at least as many inputs as outputs, Wᵀ W = g² I otherwise.

    Also the usual start of recurrent matrices, whose spectral radius it makes g.
    """

    kind = "orthogonal"
    title = "Orthogonal"
    help = "A random rotation times the gain: no direction is stretched or lost, in nets of any depth."
    formula = r"W W^\top = g^2 I"
    source = "A. Saxe, J. McClelland, S. Ganguli, Exact solutions to the nonlinear dynamics of learning, ICLR 2014"
    group = "scaled"
    Params = OrthogonalParams
    example = {"scheme": "orthogonal", "gain": 1.0}
    uses_fans = True

    def fill(self, params: OrthogonalParams, weight: Tensor, *, follows: Follows, generator: torch.Generator) -> None:
        """As ``nn.init.orthogonal_``; a kernel as the matrix [out, in · height · width]."""
        nn.init.orthogonal_(weight, params.gain, generator=generator)

    def variance(self, params: OrthogonalParams, shape: Sequence[int], follows: Follows) -> float | None:
        """g² / max(rows, columns), since the longer side's vectors share the length."""
        return params.gain**2 / max(shape[0], fans(shape)[0])
