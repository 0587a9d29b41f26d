"""The catalogue: every kind of everything, with words, formula, source and the JSON Schema of its fields."""

from enum import StrEnum
from typing import Any

from pydantic import Field

from layerlab_schemas.base import Name, Schema
from layerlab_schemas.run import RunSpec


class Family(StrEnum):
    LAYER = "layer"
    INIT = "init"
    OPTIMIZER = "optimizer"
    SCHEDULE = "schedule"
    LOSS = "loss"
    DATASET = "dataset"
    AUGMENTATION = "augmentation"
    PROBE = "probe"
    ANALYSIS = "analysis"
    DIAGNOSIS = "diagnosis"


class Kind(Schema):
    """One kind. In ``fields``, a property with ``"x-live": true`` may change while a run trains."""

    kind: Name
    family: Family
    title: Name = Field(description="As PyTorch writes it where it has the thing: Conv2d, ReLU, SGD.")
    help: str = Field(description="One line for a learner.")
    formula: str | None = Field(default=None, description="LaTeX.")
    source: str = Field(description="The paper or document that defines it.")
    group: Name = Field(description="Where a palette lists it.")
    aliases: list[Name] = []
    fields: dict[str, Any] = Field(description="JSON Schema of the fields.")
    example: Any = Field(description="A use that works.")
    details: dict[str, Any] = Field(default={}, description="Facts of the family, such as a dataset's task.")


class Experiment(Schema):
    """A ready spec to open with."""

    id: Name
    title: Name
    summary: str
    group: Name = Field(default="First steps", description="Where a menu lists it.")
    spec: RunSpec


class Catalog(Schema):
    version: str
    kinds: list[Kind]
    experiments: list[Experiment] = Field(description="The first one is what the page opens on.")
