"""Where files are that several runs use, and what they may take: set by the server in its children's environment."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

#: A folder for each file that the user brought, called after its content.
UPLOADS = "LAYERLAB_UPLOADS_DIR"
#: Original files of well-known sets, each set in a folder of its name, or all in this one.
ORIGINALS = "LAYERLAB_ORIGINALS_DIR"
#: Programs that the steps of runs were compiled into.
PACKAGES = "LAYERLAB_PACKAGES_DIR"

#: How many megabytes of memory a run may use for its data.
MEGABYTES = "LAYERLAB_DATA_MEGABYTES"
DEFAULT_MEGABYTES = 512


def data_limit() -> int:
    """Bytes of memory that a run may use for its data."""
    return int(os.environ.get(MEGABYTES) or DEFAULT_MEGABYTES) * 1024 * 1024


#: The dataset that reads a file the user brought, by the end of its name.
READERS = {".csv": "csv", ".tsv": "csv", ".txt": "text_file", ".md": "text_file", ".zip": "image_folder", ".npz": "npz"}

_UPLOAD = re.compile(r"u[0-9a-f]{16}")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a file may grow to when it is read.

    Attributes:
        inflated_bytes: All that is packed in it together, unpacked.
        ratio: Unpacked bytes for each packed one.
        entries: Files packed in it.
        image_pixels: Of one image.
        all_pixels: Of all images together.
        content_bytes: What is kept of it for training, in files of numbers.
    """

    inflated_bytes: int = 1_000_000_000
    ratio: int = 100
    entries: int = 200_000
    image_pixels: int = 25_000_000
    all_pixels: int = 2_000_000_000
    content_bytes: int = 1_000_000_000


def is_upload(name: str) -> bool:
    """True for what can be the id of an upload, and so the name of its folder."""
    return _UPLOAD.fullmatch(name) is not None


def uploads_dir() -> Path | None:
    """The folder of the user's files; None where this process was told of none."""
    return _folder(UPLOADS)


def originals_dir() -> Path | None:
    """The folder of original files; None where this process was told of none."""
    return _folder(ORIGINALS)


def packages_dir() -> Path | None:
    """The folder of compiled programs; None where this process was told of none."""
    return _folder(PACKAGES)


def _folder(variable: str) -> Path | None:
    path = os.environ.get(variable)
    return Path(path) if path else None
