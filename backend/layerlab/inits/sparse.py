"""Sparse: each input reaches only a few units."""

import math
from collections.abc import Sequence

import torch
from layerlab_schemas.base import Fraction, NonNegative
from pydantic import Field
from torch import Tensor, nn

from layerlab.inits.base import Follows, InitKind
from layerlab.params import Params


class SparseParams(Params):
    """Fields of ``sparse``, named as in ``nn.init.sparse_``."""

    sparsity: Fraction = Field(default=0.9, description="Share of the units that each input starts without.")
    std: NonNegative = Field(default=0.1, description="Standard deviation of the weights that are not 0.")


class Sparse(InitKind[SparseParams]):
    """Few large weights in place of many small ones, so that units differ more from each other.

    PyTorch's function takes matrices only and draws the places from the global generator; here a kernel counts as the
    matrix [out, in · height · width], all draws come from the given generator, and each input keeps at least one unit.
    """

    kind = "sparse"
    title = "Sparse"
    help = "Most weights start at 0, the rest normal: each input reaches only a few units, and strongly."
    formula = r"W_{ij} \sim (1 - s)\, \mathcal{N}(0, \sigma^2) + s\, \delta_0"
    source = "J. Martens, Deep learning via Hessian-free optimization, ICML 2010; torch.nn.init.sparse_"
    group = "fixed"
    Params = SparseParams
    example = {"scheme": "sparse", "sparsity": 0.8, "std": 0.3}

    def fill(self, params: SparseParams, weight: Tensor, *, follows: Follows, generator: torch.Generator) -> None:
        """In each column the same number of zeros, at places of its own."""
        nn.init.normal_(weight, 0.0, params.std, generator=generator)
        columns = math.prod(weight.shape[1:])
        order = torch.rand(weight.shape[0], columns, generator=generator).argsort(0)
        weight.masked_fill_((order < _num_zeros(params, weight.shape[0])).view_as(weight), 0.0)

    def variance(self, params: SparseParams, shape: Sequence[int], follows: Follows) -> float | None:
        """σ² times the share that is not 0."""
        return params.std**2 * (1 - _num_zeros(params, shape[0]) / shape[0])


def _num_zeros(params: SparseParams, num_units: int) -> int:
    return min(math.ceil(params.sparsity * num_units), num_units - 1)
