"""Say it again, later."""

from string import ascii_lowercase
from typing import Annotated, Any, ClassVar, Literal

import torch
from layerlab_schemas.base import Count, PositiveCount
from pydantic import Field
from torch import Tensor

from layerlab.datasets.base import NO_ANSWER, DatasetKind, LoadedData
from layerlab.datasets.symbols import draw_symbols, translation
from layerlab.registry import Params

BLANK, GO = "·", "!"


class CopyParams(Params):
    """How much to keep in mind, and for how long."""

    form: Literal["plain", "encoder_decoder"] = Field(
        default="plain",
        description="plain: read, wait, then answer; encoder_decoder: a decoder says what the encoder read.",
    )
    length: Annotated[PositiveCount, Field(le=64)] = Field(default=4, description="Symbols to keep in mind.")
    lag: Annotated[Count, Field(le=200)] = Field(
        default=10, description="Blank steps between reading and answering, in the plain form."
    )
    symbols: Annotated[PositiveCount, Field(ge=2, le=26)] = Field(default=8, description="Different symbols.")
    samples: Annotated[PositiveCount, Field(ge=10, le=50_000)] = Field(default=3000, description="How many sequences.")


class Copy(DatasetKind):
    """The standard test of memory over a lag. In its plain form nothing is asked for before the go sign.

    A sequence of the plain form: the symbols, blanks, the go sign, and blanks in place of the answers.
    """

    kind = "copy"
    title = "Copy"
    help = "Keep symbols in mind over a lag and say them again: plain RNNs forget, LSTM and GRU go further."
    formula = r"y_{L + \ell + t} = x_t"
    source = "S. Hochreiter, J. Schmidhuber 1997; M. Arjovsky, A. Shah, Y. Bengio, Unitary evolution RNNs, ICML 2016"
    group = "Sequences"
    task = "classification"
    input_kind = "sequence"
    Params = CopyParams
    example: ClassVar[dict[str, Any]] = {"dataset": "copy", "params": {"length": 3, "lag": 2, "samples": 200}}

    def load(self, params: CopyParams, *, seed: int) -> LoadedData:
        """Tokens [N, 2·length + lag], or [N, 2, length] with a decoder input."""
        generator = torch.Generator().manual_seed(seed)
        symbols_nt = draw_symbols(params.samples, params.length, params.symbols, generator)
        if params.form == "plain":
            return _plain(symbols_nt, params.lag, params.symbols)
        length_n = torch.full((params.samples,), params.length)
        return translation(symbols_nt, symbols_nt, length_n, params.symbols)


def _plain(symbols_nt: Tensor, lag: int, num_symbols: int) -> LoadedData:
    """The go sign stands where the first answer is due."""
    num_samples, length = symbols_nt.shape
    blank, go = num_symbols, num_symbols + 1
    waiting_nl = torch.full((num_samples, lag), blank)
    answering_nt = torch.full((num_samples, length), blank)
    answering_nt[:, 0] = go
    nothing_nt = torch.full((num_samples, length + lag), NO_ANSWER)
    return LoadedData(
        inputs=torch.cat([symbols_nt, waiting_nl, answering_nt], dim=1),
        targets=torch.cat([nothing_nt, symbols_nt], dim=1),
        task="classification",
        input_kind="sequence",
        class_names=tuple(ascii_lowercase[:num_symbols]),
        num_tokens=num_symbols + 2,
        vocabulary=(*ascii_lowercase[:num_symbols], BLANK, GO),
    )
