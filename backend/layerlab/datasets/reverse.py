"""Say it backwards."""

from typing import Annotated, Any, ClassVar

import torch
from layerlab_schemas.base import PositiveCount
from pydantic import Field, field_validator

from layerlab.datasets.base import DatasetKind, LoadedData, at_most_length
from layerlab.datasets.symbols import draw_lengths, draw_symbols, reversed_within, translation
from layerlab.registry import Params


class ReverseParams(Params):
    """How long, how many, of how many symbols."""

    length: Annotated[PositiveCount, Field(ge=2, le=64)] = Field(default=8, description="Symbols in the longest one.")
    shortest: PositiveCount | None = Field(
        default=4, description="Symbols in the shortest; what is shorter than length is padded. Empty: all of length."
    )
    symbols: Annotated[PositiveCount, Field(ge=2, le=26)] = Field(default=8, description="Different symbols.")
    samples: Annotated[PositiveCount, Field(ge=10, le=50_000)] = Field(default=3000, description="How many sequences.")

    @field_validator("shortest")
    @classmethod
    def _fits(cls, shortest: int | None, info: Any) -> int | None:
        return at_most_length(shortest, info.data)


class Reverse(DatasetKind):
    """Symbols drawn by chance, to be said backwards: the first answer waits for the last symbol.

    Nothing in the answer so far helps to guess the next symbol, so a decoder has to get each from the source: through
    the state of the encoder, or by attention to the right place.
    """

    kind = "reverse"
    title = "Reverse"
    help = "Say the sequence backwards: for an encoder and a decoder, with attention or through one state."
    formula = r"y_t = x_{L + 1 - t}"
    source = "I. Sutskever, O. Vinyals, Q. Le, Sequence to sequence learning with neural networks, NeurIPS 2014"
    group = "Sequences"
    task = "classification"
    input_kind = "sequence"
    Params = ReverseParams
    example: ClassVar[dict[str, Any]] = {"dataset": "reverse", "params": {"length": 5, "samples": 200}}
    details: ClassVar[dict[str, Any]] = {"has_decoder_input": True}

    def load(self, params: ReverseParams, *, seed: int) -> LoadedData:
        """Source and decoder input [N, 2, T], targets [N, T]."""
        generator = torch.Generator().manual_seed(seed)
        symbols_nt = draw_symbols(params.samples, params.length, params.symbols, generator)
        length_n = draw_lengths(params.samples, params.shortest or params.length, params.length, generator)
        return translation(symbols_nt, reversed_within(symbols_nt, length_n), length_n, params.symbols)
