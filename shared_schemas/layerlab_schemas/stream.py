"""Messages of ``WS /api/stream``: one tagged union for each direction.

Scalars, events, progress and snapshots are JSON text. Frames are message pack (binary): a map with the fields of
``FrameMessage`` whose ``body`` is itself message pack of a ``Frame``.

Every text message of a run carries ``seq``: 1, 2, 3 … for the whole life of the run, no gap and no repeat, across
reconnects and restarts of the server. Frames are not numbered, they may be dropped for a slow viewer: their ``seq`` is
the number of the newest text message before them.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from layerlab_schemas.base import Count, Name, Schema
from layerlab_schemas.run import RunEvent, RunProgress, RunView, Series


class Subscribe(Schema):
    """Watch a run. ``from_seq`` is the last number seen; null asks for a snapshot first.

    A second subscription to the same run replaces the first, so it also changes what is watched.
    """

    type: Literal["subscribe"]
    run: Name
    probes: Annotated[list[Name], Field(max_length=64)] = []
    from_seq: Count | None = None
    sample: Count | None = Field(default=None, description="Validation sample that the pictures in the network show.")


class Unsubscribe(Schema):
    type: Literal["unsubscribe"]
    run: Name


class Ping(Schema):
    type: Literal["ping"]


ClientMessage = Annotated[Subscribe | Unsubscribe | Ping, Field(discriminator="type")]


class Numbered(Schema):
    run: Name
    seq: Count
    step: Count
    time: datetime


class SnapshotMessage(Numbered):
    """The run as it stands after message ``seq``: sent first, and when the asked-for messages are no longer held."""

    type: Literal["snapshot"]
    view: RunView
    scalars: dict[str, Series] = Field(description="Thinned so that peaks survive.")
    events: list[RunEvent]


class ScalarsMessage(Numbered):
    type: Literal["scalars"]
    scalars: dict[str, Series]


class EventMessage(Numbered):
    type: Literal["event"]
    event: RunEvent


class ProgressMessage(Numbered):
    type: Literal["progress"]
    progress: RunProgress


class FrameMessage(Numbered):
    type: Literal["frame"]
    probe: Name
    body: bytes


class Hello(Schema):
    """First message of the server."""

    type: Literal["hello"]
    version: str
    time: datetime


class Pong(Schema):
    type: Literal["pong"]


class ErrorMessage(Schema):
    type: Literal["error"]
    code: Name
    message: str
    hint: str | None = None
    run: Name | None = None


class Deleted(Schema):
    """The run that was watched is no more."""

    type: Literal["deleted"]
    run: Name


ServerMessage = Annotated[
    Hello | Pong | SnapshotMessage | ScalarsMessage | EventMessage | ProgressMessage | ErrorMessage | Deleted,
    Field(discriminator="type"),
]
