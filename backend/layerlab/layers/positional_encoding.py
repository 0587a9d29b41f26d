"""Positional encoding: a pattern for each step, so that attention can tell the steps apart."""

from collections.abc import Sequence
from typing import Literal

import torch
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import nn

from layerlab.layers.base import Code, LayerKind, Shape, Site, sources_of
from layerlab.layers.positions import LearnedPositions, SinusoidalPositions, sinusoids
from layerlab.params import Params


class PositionalEncodingParams(Params):
    """Fields of ``positional_encoding``."""

    encoding: Literal["sinusoidal", "learned"] = Field(
        default="sinusoidal", description="Sines and cosines of many wavelengths, or a learned vector for each step."
    )


class PositionalEncoding(LayerKind[PositionalEncodingParams]):
    """[T, F] → the same shape. A learned table starts as an embedding does: at N(0, 1)."""

    kind = "positional_encoding"
    title = "Positional encoding"
    help = "Adds a pattern of its own to each step. Without it attention sees a sequence as a heap of steps."
    formula = (
        r"y_{t,2i} = x_{t,2i} + \sin\frac{t}{10000^{2i/d}}, \quad y_{t,2i+1} = x_{t,2i+1} + \cos\frac{t}{10000^{2i/d}}"
    )
    source = "A. Vaswani et al., Attention is all you need, NIPS 2017"
    group = "attention"
    keeps_shape = True
    has_weights = True
    is_lookup = True
    Params = PositionalEncodingParams
    example = {
        "data": {"dataset": "parity", "params": {"length": 10, "samples": 200, "encoding": "token"}},
        "graph": [
            {"kind": "embedding", "embedding_dim": 8},
            {"kind": "positional_encoding"},
            {"kind": "multi_head_attention", "num_heads": 2},
            {"kind": "global_avg_pool"},
            {"kind": "linear", "out_features": 2},
        ],
    }

    def check_inputs(
        self, params: PositionalEncodingParams, input_shapes: Sequence[Shape], site: Site
    ) -> list[Problem]:
        """Refuses what is no sequence."""
        return site.needs_sequence(input_shapes[0])

    def build(
        self, params: PositionalEncodingParams, input_shapes: Sequence[Shape], *, generator: torch.Generator
    ) -> nn.Module:
        """A table of [T, F], fixed or learned."""
        return SinusoidalPositions() if params.encoding == "sinusoidal" else LearnedPositions(*input_shapes[0])

    def code(self, params: PositionalEncodingParams, input_shapes: Sequence[Shape]) -> Code:
        """The table's module."""
        steps, features = input_shapes[0]
        if params.encoding == "learned":
            return Code(f"LearnedPositions({steps}, {features})", definitions=sources_of(LearnedPositions))
        call = f"{{0}} + sinusoids({steps}, {features}, {{0}})"
        return Code(call=call, definitions=sources_of(sinusoids))
