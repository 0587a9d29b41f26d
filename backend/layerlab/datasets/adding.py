"""Add the two numbers that are marked."""

from typing import Annotated, Any, ClassVar

import torch
from layerlab_schemas.base import PositiveCount
from pydantic import Field

from layerlab.datasets.base import DatasetKind, LoadedData
from layerlab.registry import Params


class AddingParams(Params):
    """How long and how many."""

    length: Annotated[PositiveCount, Field(ge=4, le=400)] = Field(default=20, description="Numbers in a sequence.")
    samples: Annotated[PositiveCount, Field(ge=10, le=20_000)] = Field(default=3000, description="How many sequences.")


class Adding(DatasetKind):
    """Two features at each step: a number uniform in 0…1, and a mark. One mark lies in each half of the sequence.

    Whoever answers 1, the mean, has a mean squared error of 1/6 = 0.167; below that a net has begun to use the marks.
    """

    kind = "adding"
    title = "Adding"
    help = "The sum of the two marked numbers: guessing gives an MSE of 0.167, and the lag grows with the length."
    formula = r"y = \sum_t m_t x_t,\quad \sum_t m_t = 2"
    source = "S. Hochreiter, J. Schmidhuber, Long short-term memory, Neural Computation 9 (1997), experiment 4"
    group = "Sequences"
    task = "regression"
    input_kind = "sequence"
    Params = AddingParams
    example: ClassVar[dict[str, Any]] = {"dataset": "adding", "params": {"length": 8, "samples": 200}}

    def load(self, params: AddingParams, *, seed: int) -> LoadedData:
        """Numbers and marks [N, T, 2], sums [N, 1]."""
        generator = torch.Generator().manual_seed(seed)
        numbers_nt = torch.rand(params.samples, params.length, generator=generator)
        half = params.length // 2
        first_n1 = torch.randint(half, (params.samples, 1), generator=generator)
        second_n1 = torch.randint(half, params.length, (params.samples, 1), generator=generator)
        marks_nt = torch.zeros_like(numbers_nt).scatter_(1, torch.cat([first_n1, second_n1], dim=1), 1.0)
        return LoadedData(
            inputs=torch.stack([numbers_nt, marks_nt], dim=2),
            targets=(numbers_nt * marks_nt).sum(1, keepdim=True),
            task="regression",
            input_kind="sequence",
        )
