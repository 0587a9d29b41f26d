"""Is the number of ones in a sequence of bits odd?"""

from typing import Annotated, Any, ClassVar, Literal

import torch
from layerlab_schemas.base import PositiveCount
from pydantic import Field, field_validator
from torch import Tensor

from layerlab.datasets.base import DatasetKind, LoadedData, at_most_length
from layerlab.registry import Params

CLASS_NAMES = ("even", "odd")
#: The token behind the end of a sequence that is shorter than the others.
PADDING = 2


class ParityParams(Params):
    """How long, how many, and whether bits come as numbers or as tokens."""

    length: Annotated[PositiveCount, Field(ge=4, le=48)] = Field(default=16, description="Bits in a sequence.")
    samples: Annotated[PositiveCount, Field(ge=10, le=50_000)] = Field(
        default=3000, description="How many sequences; easy ones, with few or many ones, come more than once."
    )
    encoding: Literal["number", "token"] = Field(
        default="number",
        description="number: one feature, 0 or 1, at each step; token: whole numbers for an embedding layer.",
    )
    shortest: PositiveCount | None = Field(
        default=None,
        description="Bits in the shortest, of tokens; what is shorter than length is padded. Empty: all of length.",
    )

    @field_validator("shortest")
    @classmethod
    def _fits(cls, shortest: int | None, info: Any) -> int | None:
        if shortest is not None and info.data.get("encoding") == "number":
            raise ValueError("goes with encoding token: numbers have none to spare for padding")
        return at_most_length(shortest, info.data)


class Parity(DatasetKind):
    """Every bit counts and one changed bit changes the answer, so a net must carry its state through all steps.

    The share of ones differs from sequence to sequence (uniform in 0…1). Sequences with few or many ones are the easy
    start without which a recurrent net hardly finds the rule by descent; they come often, so some of them are in both
    the training and the validation part. The others are nearly all different.
    """

    kind = "parity"
    title = "Parity"
    help = "Is the number of ones odd? One bit of memory, flipped at each one: what an LSTM's cell is made for."
    formula = r"k = \Big(\sum_t x_t\Big) \bmod 2"
    source = "Hochreiter, Schmidhuber 1997, Long Short-Term Memory (the task as a test of recurrent nets)"
    group = "Sequences"
    task = "classification"
    input_kind = "sequence"
    Params = ParityParams
    example: ClassVar[dict[str, Any]] = {"dataset": "parity", "params": {"length": 10, "samples": 200}}

    def load(self, params: ParityParams, *, seed: int) -> LoadedData:
        """Sequences [N, T] of tokens, or [N, T, 1] of numbers."""
        generator = torch.Generator().manual_seed(seed)
        share_n1 = torch.rand(params.samples, 1, generator=generator)
        bits_nt = (torch.rand(params.samples, params.length, generator=generator) < share_n1).long()
        if params.shortest is not None:
            length_n = torch.randint(params.shortest, params.length + 1, (params.samples,), generator=generator)
            return _tokens(bits_nt, length_n)
        if params.encoding == "token":
            return _tokens(bits_nt, None)
        return LoadedData(
            inputs=bits_nt.float()[:, :, None],
            targets=bits_nt.sum(1) % 2,
            task="classification",
            input_kind="sequence",
            class_names=CLASS_NAMES,
        )


def _tokens(bits_nt: Tensor, length_n: Tensor | None) -> LoadedData:
    """Bits as tokens; with lengths, what lies beyond each is padding."""
    if length_n is not None:
        bits_nt = torch.where(torch.arange(bits_nt.shape[1]) < length_n[:, None], bits_nt, PADDING)
    return LoadedData(
        inputs=bits_nt,
        targets=(bits_nt == 1).sum(1) % 2,
        task="classification",
        input_kind="sequence",
        class_names=CLASS_NAMES,
        num_tokens=2 if length_n is None else 3,
        vocabulary=("0", "1") if length_n is None else ("0", "1", "·"),
        padding_token=None if length_n is None else PADDING,
    )
