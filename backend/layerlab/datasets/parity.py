"""Is the number of ones in a sequence of bits odd?"""

from typing import Annotated, Any, ClassVar, Literal, Self

import torch
from layerlab_schemas.base import PositiveCount
from pydantic import Field, model_validator
from torch import Tensor

from layerlab.datasets.base import DatasetKind, LoadedData
from layerlab.registry import Params


class ParityParams(Params):
    """How long, how many, and whether bits come as numbers or as tokens."""

    length: Annotated[PositiveCount, Field(ge=4, le=48)] = Field(default=16, description="Bits in a sequence.")
    samples: Annotated[PositiveCount, Field(ge=8, le=50_000)] = Field(
        default=3000, description="How many sequences; no two are the same, so at most half of all there are."
    )
    encoding: Literal["number", "token"] = Field(
        default="number",
        description="number: one feature, 0 or 1, at each step; token: whole numbers for an embedding layer.",
    )

    @model_validator(mode="after")
    def _enough_sequences(self) -> Self:
        if self.samples > 2 ** (self.length - 1):
            most = 2 ** (self.length - 1)
            raise ValueError(f"must be at most {most} sequences of {self.length} bits; take fewer samples or more bits")
        return self


class Parity(DatasetKind):
    """Every bit counts and one changed bit changes the answer, so a net must carry its state through all steps.

    The share of ones differs from sequence to sequence (uniform in 0…1): the ones with few or many ones are the easy
    start without which no recurrent net finds the rule by descent.
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
        """Distinct sequences [N, T] of tokens, or [N, T, 1] of numbers."""
        generator = torch.Generator().manual_seed(seed)
        bits_nt = _distinct(params.samples, params.length, generator)
        as_token = params.encoding == "token"
        return LoadedData(
            inputs=bits_nt if as_token else bits_nt.float()[:, :, None],
            targets=bits_nt.sum(1) % 2,
            task="classification",
            input_kind="sequence",
            class_names=("even", "odd"),
            num_tokens=2 if as_token else None,
        )


def _distinct(num_samples: int, length: int, generator: torch.Generator) -> Tensor:
    """[num_samples, length] bits, no row twice, the share of ones uniform over 0…1."""
    powers_t = 2 ** torch.arange(length)
    if 2**length <= 4 * num_samples:  # drawing again and again would take long to find this large a part of all
        numbers_n = torch.randperm(2**length, generator=generator)[:num_samples]
        return (numbers_n[:, None] // powers_t) % 2
    seen: dict[int, None] = {}
    while len(seen) < num_samples:
        share_n1 = torch.rand(num_samples, 1, generator=generator)
        bits_nt = (torch.rand(num_samples, length, generator=generator) < share_n1).long()
        seen.update(dict.fromkeys((bits_nt * powers_t).sum(1).tolist()))
    numbers_n = torch.tensor(list(seen)[:num_samples])
    return (numbers_n[:, None] // powers_t) % 2
