"""Where files of data are and what they may take: set by the server in the environment of those who load them."""

import os
from pathlib import Path

#: A folder for each file that the user brought, called after its content.
UPLOADS = "LAYERLAB_UPLOADS_DIR"
#: Original files of well-known sets, each set in a folder of its name, or all in this one.
ORIGINALS = "LAYERLAB_ORIGINALS_DIR"

#: How many megabytes of memory a run may use for its data.
MEGABYTES = "LAYERLAB_DATA_MEGABYTES"
DEFAULT_MEGABYTES = 512


def data_limit() -> int:
    """Bytes of memory that a run may use for its data."""
    return int(os.environ.get(MEGABYTES) or DEFAULT_MEGABYTES) * 1024 * 1024


def uploads_dir() -> Path | None:
    """The folder of the user's files; None where this process was told of none."""
    return _folder(UPLOADS)


def originals_dir() -> Path | None:
    """The folder of original files; None where this process was told of none."""
    return _folder(ORIGINALS)


def _folder(variable: str) -> Path | None:
    path = os.environ.get(variable)
    return Path(path) if path else None
