"""What is kept of the frames of a run."""

from pydantic import Field

from layerlab_schemas.base import Count, Name, PositiveCount, Schema


class ProbeRecording(Schema):
    """How many frames of one probe are kept."""

    probe: Name
    num_measured: Count = Field(description="Frames that came; measured again at one step counts again.")
    num_kept: Count
    every: PositiveCount = Field(description="1: all are kept. n: of those that came every n-th, and the newest.")
    bytes: Count


class Recording(Schema):
    """What is kept of a run for time travel, and within which limits it is thinned."""

    num_frames: Count
    bytes: Count
    most_bytes: PositiveCount = Field(description="More than this and the largest probe is thinned to its half.")
    most_frames: PositiveCount = Field(description="The same of the frames of one probe.")
    probes: list[ProbeRecording]
