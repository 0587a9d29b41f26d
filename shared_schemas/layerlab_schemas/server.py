"""Answers about the server itself and about datasets."""

from typing import Any, Literal

from pydantic import Field

from layerlab_schemas.base import Boolean, Count, Name, Schema
from layerlab_schemas.graph import CheckedData
from layerlab_schemas.run import DataSpec


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
    data: DataSpec
    seed: Count = 0
    num_samples: Count = 20


class PreviewSample(Schema):
    index: Count
    label: str | None = None
    text: str | None = Field(default=None, description="The tokens as text, where the data has words for them.")
    values: list[Any]


class DatasetPreview(Schema):
    """A look at the data as it is before preprocessing: some samples, or all points of the plane."""

    data: CheckedData
    class_counts: dict[str, Count] = {}
    samples: list[PreviewSample]
    validation: list[PreviewSample] = []
