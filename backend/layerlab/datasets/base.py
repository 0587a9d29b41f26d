"""What every dataset is: samples with targets, raw as they come, drawn or read for one seed."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import torch
from layerlab_schemas.base import NonNegative, PositiveCount
from layerlab_schemas.catalog import Family
from pydantic import Field
from torch import Tensor

from layerlab.registry import Kind, Params

Task = Literal["classification", "regression"]
InputKind = Literal["image", "points", "tabular", "sequence", "video"]
#: What stands in the place of a number that is missing: that of its column, over the training part.
Fills = Literal["mean", "median"]


@dataclass(frozen=True, kw_only=True)
class LoadedData:
    """Samples before any split or preprocessing.

    Attributes:
        inputs: [N, …] float32, uint8 of pixels as they are stored, or int64 where inputs are tokens. With a decoder
            input [N, 2, T]: the source, then the target shifted by one step, a start token first.
        targets: [N] int64 class numbers, [N, T] int64 for an answer at each step, or [N, …] float32 for regression.
            Steps without an answer, such as padding, have the target −100.
        class_names: One name a class; empty for regression.
        num_tokens: How many tokens there are where inputs are tokens (they count from 0).
        vocabulary: How each token is written; the first ones are the classes where tokens are answers too.
        padding_token: The token that fills up sequences of different length; None where all are of one length.
        has_decoder_input: Whether nodes may also read ``"decoder_input"``.
        feature_names: Of the columns of a table.
        value_range: Least and greatest value that a pixel can have; None for what has no pixels.
        held_out: [N] True for samples that are for validation whatever the split, as a set's own test part is.
        validation_inputs: [N, …] how the same samples look where they are used for validation; None where that is the
            same.
        is_mapped: The inputs lie in a file that is mapped, so that they take no memory of the process.
        fills: What is put where an input of a table is missing (NaN). A category that is missing is NaN at all of its
            inputs, and the most frequent one is put there.
        one_hot: Inputs [start, stop) of a table that are the code of one category.
        scales_targets: Numbers as targets are to be standardised, by those of the training part.
    """

    inputs: Tensor
    targets: Tensor
    task: Task
    input_kind: InputKind
    class_names: tuple[str, ...] = ()
    num_tokens: int | None = None
    vocabulary: tuple[str, ...] = ()
    padding_token: int | None = None
    has_decoder_input: bool = False
    feature_names: tuple[str, ...] = ()
    value_range: tuple[float, float] | None = None
    held_out: Tensor | None = None
    validation_inputs: Tensor | None = None
    is_mapped: bool = False
    fills: Fills | None = None
    one_hot: tuple[tuple[int, int], ...] = ()
    scales_targets: bool = False


@dataclass(frozen=True, kw_only=True)
class DataSize:
    """How large a set is, told before it is loaded.

    Attributes:
        samples: How many.
        numbers: Of one sample's inputs.
        bytes_each: Of one number as it is stored: 1 for pixels as they are, 4 for floats, 8 for tokens.
        target_bytes: Of one sample's target.
        outputs: Numbers that a network gives back for one sample: where each step has a class, those of each step.
        validated: How many of the samples are for validation. This and the outputs are known once it is loaded.
        is_mapped: See ``LoadedData``.
    """

    samples: int
    numbers: int
    bytes_each: int = 4
    target_bytes: int = 8
    outputs: int = 1
    validated: int = 0
    is_mapped: bool = False


#: The target of a step that asks for no answer. PyTorch's own ``ignore_index``.
NO_ANSWER = -100


class DatasetKind(Kind):
    """One dataset. ``task`` and ``input_kind`` are also told in the catalogue's details."""

    family = Family.DATASET
    task: ClassVar[Task]
    input_kind: ClassVar[InputKind]
    licence: ClassVar[str] = "Drawn by Layerlab; no rights reserved (CC0)"

    @abstractmethod
    def load(self, params: Any, *, seed: int) -> LoadedData:
        """The samples for these fields. The same fields and seed give the same samples, bit for bit."""

    def size(self, params: Any) -> DataSize | None:
        """How large the set will be, where that is known without loading it; None where it is not."""
        return None

    def stamp(self, params: Any) -> str:
        """What the samples depend on beside fields and seed: the state of the files that are read."""
        return ""

    def facts(self) -> dict[str, Any]:
        """Task and kind of the inputs beside what the class adds."""
        return {"task": self.task, "input_kind": self.input_kind, "licence": self.licence, **self.details}


class PointsParams(Params):
    """Fields of every set of points in the plane. Coordinates run from about −6 to 6."""

    samples: Annotated[PositiveCount, Field(ge=10, le=100_000)] = Field(default=500, description="How many points.")
    noise: Annotated[NonNegative, Field(le=5)] = Field(
        default=0.2, description="Standard deviation of the noise added to each coordinate; the plane spans about ±6."
    )


class TwoClassParams(PointsParams):
    """Fields of points of two classes."""

    first_share: Annotated[NonNegative, Field(ge=0.02, le=0.98)] = Field(
        default=0.5, description="Share of the points that belong to the first class."
    )


class TwoClassPoints(DatasetKind):
    """Points in the plane, each of one of two classes."""

    task = "classification"
    input_kind = "points"
    group = "Points in the plane"
    Params = TwoClassParams

    @abstractmethod
    def draw(self, num_first: int, num_second: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Points of class 0 [num_first, 2] and of class 1 [num_second, 2], without noise."""

    def load(self, params: TwoClassParams, *, seed: int) -> LoadedData:
        """Draws both classes, adds the noise and mixes them."""
        generator = torch.Generator().manual_seed(seed)
        num_second = int(params.samples * (1 - params.first_share))
        first_n2, second_n2 = self.draw(params.samples - num_second, num_second, generator)
        points_n2 = torch.cat([first_n2, second_n2])
        points_n2 = points_n2 + params.noise * torch.randn(points_n2.shape, generator=generator)
        classes_n = torch.cat([torch.zeros(len(first_n2)), torch.ones(len(second_n2))]).long()
        order_n = torch.randperm(len(points_n2), generator=generator)
        return LoadedData(
            inputs=points_n2[order_n],
            targets=classes_n[order_n],
            task="classification",
            input_kind="points",
            class_names=("blue", "orange"),
        )


#: Numbers that the inputs of a dataset may hold together: 80 MB.
LARGEST_INPUTS = 20_000_000


def limit_numbers(samples: int, numbers: int) -> int:
    """``samples`` of so many ``numbers`` each, for a field's validator.

    Raises:
        ValueError: Together they are too many; the words end a sentence that starts with the field.
    """
    most = LARGEST_INPUTS // numbers
    if samples > most:
        raise ValueError(f"must be at most {most} with samples of {numbers} numbers")
    return samples


def at_most_length(shortest: int | None, fields: dict[str, Any]) -> int | None:
    """``shortest`` where it is not above the field ``length``, for a field's validator.

    Raises:
        ValueError: It is; the words end a sentence that starts with the field.
    """
    length = fields.get("length")
    if shortest is not None and length is not None and shortest > length:
        raise ValueError(f"must be at most length, which is {length}")
    return shortest


def uniform(size: int, low: float, high: float, generator: torch.Generator) -> Tensor:
    """[size] numbers, uniform in [low, high)."""
    return torch.rand(size, generator=generator) * (high - low) + low


def polar(radius_n: Tensor, angle_n: Tensor) -> Tensor:
    """[N, 2] points at these radii and angles (radians, clockwise from the top)."""
    return torch.stack([radius_n * angle_n.sin(), radius_n * angle_n.cos()], dim=1)
