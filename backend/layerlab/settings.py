"""Settings of the server: flag over environment variable over default. Every field is ``LAYERLAB_`` and its name."""

import os
import sys
from pathlib import Path

from pydantic import Field, PositiveInt
from pydantic_settings import BaseSettings, SettingsConfigDict

MEGABYTE = 1024 * 1024


def default_data_dir() -> Path:
    """A folder of the user's own, where the platform keeps such things."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "layerlab"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "layerlab"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "layerlab"


class Settings(BaseSettings):
    """How one server runs. Frozen: a running server never changes its settings."""

    model_config = SettingsConfigDict(env_prefix="LAYERLAB_", frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port; 0 picks a free one.")
    data_dir: Path = Field(default_factory=default_data_dir, description="Where runs, curves and the token are kept.")
    no_browser: bool = Field(default=False, description="Do not open a browser.")
    allowed_hosts: list[str] = Field(default=[], description="Further host names by which the server may be called.")

    originals_dir: Path | None = Field(
        default=None, description="Where original files of MNIST and the like are [data folder/originals]."
    )
    original_addresses: dict[str, str] = Field(
        default={}, description="Where they are fetched from instead, by dataset: the web folder that holds the files."
    )

    data_megabytes: PositiveInt = Field(
        default=512, description="Memory that a run may use for its data; beyond it batches are read as they come."
    )
    csv_megabytes: PositiveInt = Field(default=100, description="Largest CSV that may be uploaded.")
    zip_megabytes: PositiveInt = Field(default=200, description="Largest zip of images or .npz that may be uploaded.")
    text_megabytes: PositiveInt = Field(default=20, description="Largest text that may be uploaded.")
    inflated_megabytes: PositiveInt = Field(default=1000, description="What a zip or .npz may hold when unpacked.")
    uploads_megabytes: PositiveInt = Field(default=5000, description="Disk for all uploads together.")
    reading_seconds: PositiveInt = Field(
        default=180, description="Processor time that reading an uploaded file may take."
    )
    reading_wall_seconds: float = Field(
        default=1800.0, gt=0, description="A reading is ended after so long, however little the processor worked."
    )

    max_running: PositiveInt = Field(default=4, description="Runs that train at once; others wait in a queue.")
    max_waiting: PositiveInt = Field(default=100, description="Runs that may wait; beyond it POST answers 429.")
    max_workers: PositiveInt = Field(default=32, description="Runs in memory at once, paused ones too.")
    max_members: PositiveInt = Field(default=64, description="Runs that one comparison may make.")
    threads: int = Field(default=0, ge=0, description="Threads a run may use; 0: as many as fit its size.")

    checkpoint_megabytes: PositiveInt = Field(
        default=200, description="Disk for the checkpoints of one run; they are thinned, the newest always stays."
    )
    frame_megabytes: PositiveInt = Field(
        default=100, description="Disk for the recorded pictures of one run; they are thinned, the newest always stay."
    )

    max_body_bytes: PositiveInt = Field(default=2 * MEGABYTE, description="Largest JSON body.")
    max_body_depth: PositiveInt = Field(default=64, description="Deepest nesting of a JSON body.")
    outbox_bytes: PositiveInt = Field(default=512 * 1024, description="Text kept for a viewer before it is dropped.")
    history_bytes: PositiveInt = Field(default=MEGABYTE, description="Messages of a run kept for reconnecting.")
    viewer_seconds: float = Field(default=10.0, gt=0, description="A viewer that takes nothing for so long is dropped.")
    hang_seconds: float = Field(default=15.0, gt=0, description="A worker silent for so long is ended.")
    start_seconds: float = Field(default=60.0, gt=0, description="Time a worker has to build its run.")
    answer_seconds: float = Field(default=20.0, gt=0, description="Time a check or a preview may take.")
    max_analysts: PositiveInt = Field(default=2, description="Processes that make analyses of runs, at once.")
    analyst_seconds: float = Field(default=90.0, gt=0, description="Such a process ends when idle for so long.")
    analysis_seconds: float = Field(default=1800.0, gt=0, description="Time that one analysis may take.")
    stop_seconds: float = Field(default=7.0, gt=0, description="Time that runs have to write a checkpoint at the end.")

    @property
    def database_file(self) -> Path:
        """The SQLite database."""
        return self.data_dir / "layerlab.db"

    @property
    def uploads_folder(self) -> Path:
        """Where the files are that users brought."""
        return self.data_dir / "uploads"

    @property
    def originals_folder(self) -> Path:
        """Where original files of well-known sets are, or are put when fetched."""
        return self.originals_dir or self.data_dir / "originals"

    @property
    def packages_folder(self) -> Path:
        """Where the programs are that the steps of runs were compiled into."""
        return self.data_dir / "packages"

    @property
    def token_file(self) -> Path:
        """The token that scripts send; readable by its owner only."""
        return self.data_dir / "token"

    def run_directory(self, run: str) -> Path:
        """Where the files of a run are."""
        return self.data_dir / "runs" / run
