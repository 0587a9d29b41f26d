"""A run: what is asked for (the spec), what may change while it trains, and how it stands."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from layerlab_schemas.base import (
    Boolean,
    Count,
    Fraction,
    Identifier,
    Integer,
    Name,
    NonNegative,
    Number,
    OpenSchema,
    Positive,
    PositiveCount,
    Schema,
)
from layerlab_schemas.graph import CheckResult, GraphSpec, InitSpec

BatchSize = Annotated[PositiveCount, Field(le=65536)]


class KindSpec(OpenSchema):
    """Something chosen by kind (loss, optimizer, schedule, augmentation) with that kind's own fields."""

    kind: Name


Preprocess = Literal["none", "mean_image", "channel_mean", "standardize", "min_max", "whiten"]


class DataSpec(Schema):
    dataset: Name
    params: dict[str, Any] = Field(default={}, description="The dataset's own fields, such as noise and samples.")
    batch_size: BatchSize = 64
    validation_fraction: Fraction = 0.2
    split_seed: Annotated[Count, Field(le=2**32 - 1)] | None = Field(
        default=None, description="Draws which samples are for validation; null takes the seed of the run."
    )
    stratify: Boolean = Field(default=True, description="Both parts have the classes in the same shares.")
    oversample: Boolean = Field(
        default=False,
        description="Train on the classes in equal shares: samples of rarer ones are repeated in the training part.",
    )
    preprocess: Preprocess = "standardize"
    augment: Annotated[list[KindSpec], Field(max_length=32)] = []
    shuffle: Boolean = True
    target: Literal["label", "input"] = Field(
        default="label", description="input: the network learns to give back what it reads, as an autoencoder does."
    )
    subset: PositiveCount | None = Field(default=None, description="Train on the first so many training samples only.")


class RegularizationSpec(Schema):
    l1: NonNegative = Field(default=0.0, description="Weight of the sum of absolute weights in the loss.")
    l2: NonNegative = Field(default=0.0, description="Weight of half the sum of squared weights in the loss.")
    clip_grad_norm: Positive | None = Field(default=None, description="Largest norm of the gradient of all weights.")
    clip_grad_value: Positive | None = Field(
        default=None, description="Largest size of each number in the gradient; acts before clip_grad_norm."
    )


class EarlyStoppingSpec(Schema):
    patience: PositiveCount = Field(default=5, description="Evaluations without a better validation loss.")
    min_delta: NonNegative = 0.0
    restore_best: Boolean = True


class TrainingSpec(Schema):
    epochs: PositiveCount | None = 20
    max_steps: Count | None = Field(default=None, description="0 initialises and measures the net and trains nothing.")
    seed: Annotated[Integer, Field(ge=0, le=2**32 - 1)] = 0
    device: Annotated[str, Field(pattern=r"^(auto|cpu|cuda(:\d{1,2})?)$")] = "auto"
    eval_every: PositiveCount | None = Field(default=None, description="Steps between evaluations; null: one epoch.")
    early_stopping: EarlyStoppingSpec | None = None
    max_steps_per_second: Positive | None = Field(default=None, description="Slow motion; null trains at full speed.")
    engine: Literal["auto", "eager", "compiled"] = Field(
        default="auto",
        description="What does the steps. eager: PyTorch, one step after another. compiled: many steps in one call of "
        "a program made for this network, after some seconds of compiling; on a CUDA device a recorded CUDA graph of "
        "the step, at once. auto: compiled once a long run of a small network is under way, on a CUDA device wherever "
        "the step can be recorded. The numbers agree up to rounding.",
    )


class RunSpec(Schema):
    """Everything that makes a run. Only ``data.dataset`` and ``graph`` have no default."""

    name: Name = "Untitled"
    data: DataSpec
    graph: GraphSpec
    init: InitSpec = InitSpec(scheme="kaiming_normal")
    loss: KindSpec | None = Field(default=None, description="Null: cross_entropy for classes, mse for numbers.")
    optimizer: KindSpec = KindSpec(kind="adam")
    schedule: KindSpec = KindSpec(kind="constant")
    regularization: RegularizationSpec = RegularizationSpec()
    training: TrainingSpec = TrainingSpec()
    tags: Annotated[list[Name], Field(max_length=32)] = []


class CheckRequest(Schema):
    """What ``POST /api/graphs/check`` reads."""

    data: DataSpec
    graph: GraphSpec
    init: InitSpec | None = None
    loss: KindSpec | None = None


class RunState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    STOPPED = "stopped"
    DIVERGED = "diverged"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def has_ended(self) -> bool:
        """True where no worker trains it any more."""
        return self not in (RunState.QUEUED, RunState.RUNNING, RunState.PAUSED)


class OptimizerChange(OpenSchema):
    """New values of the optimizer's fields. Another ``kind`` starts that optimizer with an empty state."""

    kind: Name | None = None


class DataChange(Schema):
    batch_size: BatchSize | None = None
    augment: Annotated[list[KindSpec], Field(max_length=32)] | None = Field(
        default=None, description="The whole new list; an empty one switches augmentation off."
    )


class RegularizationChange(Schema):
    l1: NonNegative | None = None
    l2: NonNegative | None = None
    clip_grad_norm: NonNegative | None = Field(default=None, description="0 switches clipping off.")
    clip_grad_value: NonNegative | None = Field(default=None, description="0 switches clipping off.")


class TrainingChange(Schema):
    max_steps_per_second: NonNegative | None = Field(default=None, description="0 is full speed.")


class WeightChange(Schema):
    """One number of a parameter, set by hand. The optimizer goes on from there with the memory that it has."""

    node: Identifier
    parameter: Name = Field(description="As the check names it: weight, bias …")
    index: Annotated[list[Count], Field(min_length=1, max_length=8)] = Field(description="Its place, [out, in].")
    value: Annotated[Number, Field(ge=-1e6, le=1e6)]


class RunChange(Schema):
    """What may change while a run trains (``PATCH /api/runs/{id}``). A field left out, or null, stays as it is."""

    name: Name | None = None
    tags: Annotated[list[Name], Field(max_length=32)] | None = None
    optimizer: OptimizerChange | None = None
    data: DataChange | None = None
    regularization: RegularizationChange | None = None
    training: TrainingChange | None = None
    dropout: Fraction | None = Field(default=None, description="p of every dropout node.")
    weights: Annotated[list[WeightChange], Field(max_length=1000)] | None = None
    nodes: dict[str, dict[str, Any]] | None = Field(
        default=None, description="Live fields of single nodes by id, such as {'dropout_1': {'p': 0.3}}."
    )


class Remedy(Schema):
    """What one click does about a diagnosis."""

    label: str = Field(description="A verb first: 'Set dropout to 0.5'.")
    changes: dict[str, Any] = Field(description="New values by path of the spec, as a fork takes them.")
    at_step: Count | None = Field(default=None, description="Where to fork; null: at the newest step.")
    live: Boolean = Field(default=False, description="It can be changed in the run itself, without a fork.")


class Diagnosis(Schema):
    """Something about the training that a person should know."""

    kind: Name = Field(description="As the catalogue lists it.")
    severity: Literal["info", "warning", "problem"]
    step: Count = Field(description="Since when.")
    node: Name | None = None
    title: str = Field(description="What, where, since when: one short sentence.")
    text: str = Field(description="What was measured and what follows from it.")
    cause: str = Field(description="The likely cause.")
    remedies: list[Remedy] = []
    lesson: Name | None = None
    is_over: Boolean = Field(default=False, description="It was so, and is no longer.")


class EventKind(StrEnum):
    STATUS = "status"
    CHANGE = "change"
    CHECKPOINT = "checkpoint"
    WARNING = "warning"
    DIAGNOSIS = "diagnosis"


class RunEvent(Schema):
    """Something that happened at a step, drawn on the curves and the timeline."""

    kind: EventKind
    step: Count
    time: datetime
    text: str = Field(description="A few words, such as 'rate 0.1 → 0.05'.")
    path: str | None = Field(default=None, description="The field of the spec that changed, 'optimizer.lr'.")
    before: Any = None
    after: Any = None
    diagnosis: Diagnosis | None = Field(
        default=None,
        description="Of an event of that kind: as it stands now. The newest of each kind holds.",
    )


class Series(Schema):
    """Points of one curve. A value that JSON cannot hold is null and named in ``non_finite``."""

    steps: list[Count]
    values: list[float | None]
    non_finite: dict[str, Literal["nan", "inf", "-inf"]] = Field(default={}, description="By step.")
    thinned_from: Count | None = Field(
        default=None, description="So many points these were chosen from; null: none is left out."
    )
    means: list[float | None] = Field(
        default=[],
        description="Where points are left out, of each one that stays: the mean of the finite values after the point "
        "before it and up to its own; null: there is none. The points themselves are peaks and pits.",
    )


class Rates(Schema):
    steps_per_second: NonNegative = 0.0
    samples_per_second: NonNegative = 0.0
    telemetry_share: NonNegative = Field(default=0.0, description="Share of the time spent on measuring.")
    data_share: NonNegative = Field(default=0.0, description="Share of the time spent on preparing batches.")
    engine: Literal["eager", "compiled", "cuda_graph", "lockstep"] = Field(
        default="eager", description="What does the steps now."
    )
    examined_step: Count | None = Field(default=None, description="The step that diagnoses were last looked for at.")


class RunProgress(Schema):
    """The part of a run that moves while it trains."""

    status: RunState
    reason: str | None = Field(default=None, description="Why it ended or waits, in plain words.")
    step: Count = 0
    epoch: NonNegative = Field(default=0.0, description="Passes over the training data, with the fraction.")
    latest: dict[str, float | None] = Field(default={}, description="The newest value of each curve.")
    rates: Rates = Rates()


class ForkRequest(Schema):
    """What ``POST /api/runs/{id}/fork`` reads: a new run that goes on from a checkpoint of this one.

    At step 0 everything may change. Later, only what leaves the weights their names and shapes.
    """

    at_step: Count | None = Field(default=None, description="The checkpoint at or before it; null: the newest.")
    changes: dict[str, Any] = Field(
        default={}, description="New values by path of the spec: {'optimizer.lr': 0.01, 'graph.3.p': 0.5}."
    )
    name: Name | None = None


class CheckpointView(Schema):
    """A state on disk that a fork can go on from. Those before a fork belong to the run it was forked from."""

    run: Name
    step: Count
    epoch: NonNegative
    bytes: Count
    time: datetime


class CheckpointList(Schema):
    checkpoints: list[CheckpointView] = Field(description="The oldest first.")


class AnalysisRequest(Schema):
    """What ``POST /api/runs/{id}/analyses`` reads: something too dear to measure at every step, computed once."""

    kind: Name
    params: dict[str, Any] = {}
    at_step: Count | None = Field(default=None, description="The checkpoint at or before it; null: the newest state.")
    sample: Count | None = Field(default=None, description="Validation sample that it is about, where it is about one.")


class AnalysisView(Schema):
    """One analysis as it stands. Its result is a frame whose ``probe`` is the kind."""

    id: Name
    run: Name
    kind: Name
    params: dict[str, Any]
    step: Count | None = None
    status: Literal["waiting", "running", "done", "cancelled", "failed"]
    progress: Annotated[NonNegative, Field(le=1)] = 0.0
    reason: str | None = Field(default=None, description="Why it failed, and what can be done.")
    sample: Count | None = Field(default=None, description="Validation sample that it is about.")
    seconds: NonNegative | None = Field(default=None, description="How long it took; null until it is done.")


class AnalysisList(Schema):
    analyses: list[AnalysisView] = Field(description="The newest first.")


class RunView(RunProgress):
    """A run as REST and the stream show it."""

    id: Name
    number: PositiveCount
    name: Name
    tags: list[Name] = []
    spec: RunSpec
    num_steps: Count = Field(description="Planned steps.")
    steps_per_epoch: PositiveCount
    check: CheckResult
    device: str | None = None
    diagnoses: list[Diagnosis] = []
    parent: Name | None = None
    parent_number: Count | None = Field(default=None, description="Its number; null where it is deleted.")
    forked_at: Count | None = Field(default=None, description="Step of the parent that it goes on from.")
    comparison: Name | None = Field(default=None, description="The comparison that it is a member of.")
    varied: dict[str, Any] = Field(default={}, description="As a member: its own values, by path of the spec.")
    created: datetime
    started: datetime | None = None
    ended: datetime | None = None
    last_seq: Count = 0
    resumable: Boolean = Field(default=False, description="A checkpoint is there to go on from.")
    links: dict[str, str] = {}


class RunList(Schema):
    runs: list[RunView]
    total: Count


class ScalarsAnswer(Schema):
    scalars: dict[str, Series]
