"""Pure noise with labels that mean nothing."""

from math import prod
from typing import Annotated, Any, ClassVar

import torch
from layerlab_schemas.base import PositiveCount
from pydantic import Field, field_validator

from layerlab.datasets.base import DatasetKind, LoadedData, limit_numbers
from layerlab.registry import Params


class NoiseParams(Params):
    """Rows of numbers, or images where ``shape`` is given."""

    features: Annotated[PositiveCount, Field(le=100_000)] = Field(
        default=500, description="Numbers in a sample; not used where shape is given."
    )
    shape: tuple[PositiveCount, PositiveCount, PositiveCount] | None = Field(
        default=None, description="Channels, height and width, to get images instead of rows."
    )
    classes: Annotated[PositiveCount, Field(ge=2, le=1000)] = Field(
        default=10, description="How many labels there are, each drawn by chance."
    )
    samples: Annotated[PositiveCount, Field(ge=10, le=50_000)] = Field(default=1000, description="How many samples.")

    @field_validator("samples")
    @classmethod
    def _fits(cls, samples: int, info: Any) -> int:
        return limit_numbers(samples, prod(info.data.get("shape") or (info.data.get("features", 1),)))


class Noise(DatasetKind):
    """Inputs of mean 0 and variance 1, the textbook's case for what initialisation does to the signal.

    There is nothing to learn: a net can only learn the training samples by heart, and stays at chance on others.
    """

    kind = "noise"
    title = "Noise"
    help = "Numbers from N(0, 1) with random labels: to watch signals at the start, or a large net learn by heart."
    formula = r"x \sim \mathcal{N}(0, I),\quad k \sim \mathcal{U}\{0, \dots, K - 1\}"
    source = "C. Zhang et al., Understanding deep learning requires rethinking generalization, ICLR 2017"
    group = "Tables"
    task = "classification"
    input_kind = "tabular"
    Params = NoiseParams
    example: ClassVar[dict[str, Any]] = {"dataset": "noise", "params": {"features": 20, "samples": 200, "classes": 4}}

    def load(self, params: NoiseParams, *, seed: int) -> LoadedData:
        """[N, features], or [N, C, H, W]; the labels do not depend on the inputs."""
        generator = torch.Generator().manual_seed(seed)
        shape = params.shape or (params.features,)
        return LoadedData(
            inputs=torch.randn(params.samples, *shape, generator=generator),
            targets=torch.randint(params.classes, (params.samples,), generator=generator),
            task="classification",
            input_kind="image" if params.shape else "tabular",
            class_names=tuple(str(number) for number in range(params.classes)),
        )
