"""Answers about the server itself and about datasets."""

from typing import Annotated, Any, Literal

from pydantic import Field

from layerlab_schemas.base import Boolean, Count, Name, NonNegative, PositiveCount, Schema
from layerlab_schemas.graph import CheckedData
from layerlab_schemas.run import DataSpec, KindSpec, TrainingSpec


class Device(Schema):
    name: Name
    title: str
    memory_total: Count | None = None
    memory_free: Count | None = None


class Health(Schema):
    """Without a credential only ``status`` is filled."""

    status: Literal["ok"]
    version: str | None = None
    ready: Boolean | None = None
    devices: list[Device] | None = None
    runs_running: Count | None = None
    runs_queued: Count | None = None
    token_file: str | None = Field(default=None, description="Where the token for scripts is, on the server's machine.")


class PreviewRequest(Schema):
    """Which data to look at, and which samples: some of each part, or just those of ``indices`` in one ``part``."""

    data: DataSpec
    seed: Count = 0
    num_samples: Count = 20
    part: Literal["train", "validation"] | None = Field(default=None, description="Null: both.")
    indices: Annotated[list[Count], Field(max_length=200)] = Field(
        default=[], description="Places in the part, which must be given then; empty: samples of all classes in turn."
    )
    with_preparation: Boolean = Field(default=False, description="Tell what preprocessing makes of them, step by step.")


class PreviewSample(Schema):
    index: Count
    label: str | None = None
    text: str | None = Field(default=None, description="The tokens as text, where the data has words for them.")
    values: list[Any] = Field(description="Null where a value is missing.")


class FeatureStatistics(Schema):
    """One column of a table, or one channel of images, over the training part before preprocessing."""

    name: str
    mean: float
    std: float
    min: float
    max: float
    edges: list[float] = Field(description="Of the bins of ``counts``, one more than these.")
    counts: list[Count]
    num_missing: Count = Field(default=0, description="Samples without this value; all else is of the others.")


class FittedNumbers(Schema):
    """What preprocessing learnt from the training part: a number for each column or channel, or an image."""

    name: Name = Field(description="median, mean, standard deviation, least value, range …")
    names: list[str] = Field(default=[], description="Of the columns or channels; empty for an image.")
    values: list[Any] = Field(description="[columns], or [channels, height, width].")


class PreparationStage(Schema):
    """The samples after one step of preprocessing; the first stage is the samples as they are stored."""

    name: Literal["raw", "filled", "shifted", "scaled", "whitened"]
    title: Name
    formula: str = Field(description="LaTeX.")
    samples: list[PreviewSample] = Field(description="The same ones at each stage.")
    low: float = Field(description="Least number of these samples, as the next is the largest.")
    high: float
    statistics: list[FeatureStatistics]
    condition: NonNegative | None = Field(
        default=None,
        description="Largest over smallest eigenvalue of E[xxᵀ]; null where that is infinite or too large to compute.",
    )


class Preparation(Schema):
    """Preprocessing step by step, fitted on the training part only."""

    num_fitted: Count = Field(description="Training samples that its numbers are from.")
    num_measured: Count = Field(description="Training samples that the statistics of the stages are from.")
    fitted: list[FittedNumbers]
    stages: list[PreparationStage]


class DatasetPreview(Schema):
    """A look at the data as it is before preprocessing: some samples, or all points of the plane."""

    data: CheckedData
    class_counts: dict[str, Count] = {}
    train_counts: dict[str, Count] = Field(default={}, description="Of each class, in the training part.")
    oversampled_counts: dict[str, Count] = Field(
        default={}, description="The same with samples that are repeated; empty unless data.oversample is set."
    )
    validation_counts: dict[str, Count] = {}
    statistics: list[FeatureStatistics] = Field(default=[], description="Empty for tokens.")
    samples: list[PreviewSample]
    validation: list[PreviewSample] = []
    preparation: Preparation | None = Field(default=None, description="Null where not asked for, and for tokens.")


class AugmentGalleryRequest(Schema):
    """Which sample to show under which augmentations; the answer is a frame of images.

    One item an augmentation: the sample as it is, then five draws.
    """

    data: DataSpec
    seed: Count = 0
    part: Literal["train", "validation"] = "train"
    index: Count = Field(default=0, description="Place of the sample in its part.")
    kinds: Annotated[list[KindSpec], Field(max_length=64)] = Field(
        default=[], description="With their strengths; empty: all that can change such data, as their examples say."
    )


class AugmentBatchRequest(Schema):
    """Of which run to show the first batch, at most 32 samples of it; the answer is a frame of images.

    Items: as stored, after augmentation, and as the network reads it.
    """

    data: DataSpec
    seed: Count = 0


class ScheduleRequest(Schema):
    """What the learning rate of a run depends on; the defaults are those of a run."""

    data: DataSpec
    optimizer: KindSpec = KindSpec(kind="adam")
    schedule: KindSpec = KindSpec(kind="constant")
    training: TrainingSpec = TrainingSpec()


class SchedulePreview(Schema):
    """The learning rate of each update of a run before it starts; point t belongs to update t, as ``optimizer/lr``."""

    steps: list[PositiveCount] = Field(description="At most 200, with the first and the last.")
    rates: list[NonNegative]
    num_steps: Count
    steps_per_epoch: PositiveCount
    unknown_from: PositiveCount | None = Field(
        default=None, description="The first step whose rate depends on the validation loss; null: all is certain."
    )
    note: str | None = Field(default=None, description="What is not certain, in words.")


class RangeCurve(Schema):
    """Loss against learning rate, step by step."""

    rates: list[NonNegative]
    losses: list[float]
    smoothed: list[float] = Field(description="Mean of the losses so far, older ones fading, without a bias to 0.")


class SuggestedRate(Schema):
    """What a learning-rate range test says."""

    rate: NonNegative | None = Field(description="Null where the loss falls nowhere.")
    why: str
    curve: RangeCurve
    burst_at: NonNegative | None = Field(default=None, description="The rate at which the loss burst; null: none did.")
