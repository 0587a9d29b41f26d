"""Where files of data are: set in the environment by the server for the processes that load them."""

import os
from pathlib import Path

#: A folder for each file that the user brought, called after its content.
UPLOADS = "LAYERLAB_UPLOADS_DIR"
#: Original files of well-known sets, each set in a folder of its name, or all in this one.
ORIGINALS = "LAYERLAB_ORIGINALS_DIR"


def uploads_dir() -> Path | None:
    """The folder of the user's files; None where this process was told of none."""
    return _folder(UPLOADS)


def originals_dir() -> Path | None:
    """The folder of original files; None where this process was told of none."""
    return _folder(ORIGINALS)


def _folder(variable: str) -> Path | None:
    path = os.environ.get(variable)
    return Path(path) if path else None
