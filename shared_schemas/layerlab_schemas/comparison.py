"""A comparison: several runs that differ in what is varied and in nothing else, trained on the same batches."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from layerlab_schemas.base import Count, Name, PositiveCount, Schema
from layerlab_schemas.run import RunSpec, RunState

Mode = Literal["lockstep", "separate"]
Path = Annotated[str, Field(min_length=1, max_length=300)]
Values = Annotated[list[Any], Field(min_length=1, max_length=1000)]


class ComparisonRequest(Schema):
    """What ``POST /api/comparisons`` reads: one run for each combination of the values."""

    base: RunSpec = Field(description="What all have in common, the seed and the order of the batches included.")
    vary: Annotated[dict[Path, Values], Field(min_length=1, max_length=16)] = Field(
        description="Values by path of the spec, as a fork takes them: {'optimizer.lr': [0.01, 0.1]}."
    )
    mode: Mode = Field(
        default="lockstep", description="lockstep: one process trains all of them at once; separate: each on its own."
    )
    name: Name | None = Field(default=None, description="Null: that of the base.")


class BestValue(Schema):
    """The best point of a curve."""

    step: Count
    value: float


class ComparisonMember(Schema):
    """One row of the table of results. The run has all routes of a run."""

    run: Name
    number: PositiveCount
    name: Name
    varied: dict[str, Any] = Field(description="Its own values, by path.")
    group: Count | None = Field(description="Members with one number are trained together; null: on its own.")
    status: RunState
    reason: str | None
    step: Count
    num_steps: Count
    latest: dict[str, float | None] = Field(description="The newest value of each curve.")
    best: dict[str, BestValue] = Field(description="Of each validation curve: the lowest loss, the highest accuracy.")
    links: dict[str, str]


class ComparisonView(Schema):
    """A comparison as it stands."""

    id: Name
    name: Name
    mode: Mode
    vary: dict[str, list[Any]]
    created: datetime
    warnings: list[str] = Field(description="Why members are trained on their own although lockstep was asked for.")
    members: list[ComparisonMember] = Field(description="In the order of the values, the last path moving fastest.")
    links: dict[str, str]


class ComparisonList(Schema):
    comparisons: list[ComparisonView] = Field(description="The newest first.")
    total: Count
