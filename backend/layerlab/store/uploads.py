"""Files that users brought, on the disk: a folder for each, complete or not there at all.

DIR/<id>/file         as it came
         about.json   what was found in it (``Upload``)
         content/     what is kept of it for training
DIR/.incoming/…       under way; of no worth after a restart
"""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from layerlab_schemas.dataset import Upload
from pydantic import ValidationError

from layerlab.shelf import is_upload

ABOUT, FILE = "about.json", "file"
_INCOMING = ".incoming"


class UploadFolder:
    """The folder of all uploads of one server."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def all(self) -> list[Upload]:
        """All uploads, the newest first."""
        if not self.directory.is_dir():
            return []
        found = [self.get(entry.name) for entry in self.directory.iterdir()]
        return sorted((upload for upload in found if upload), key=lambda upload: upload.created, reverse=True)

    def get(self, upload: str) -> Upload | None:
        """One of them; None where there is none of that id."""
        if not is_upload(upload):
            return None
        try:
            return Upload.model_validate_json((self.directory / upload / ABOUT).read_bytes())
        except (OSError, ValidationError):
            return None

    def bytes_taken(self) -> int:
        """What all of them take on the disk, with what is kept of them for training."""
        return sum(_size(path) for path in self.directory.rglob("*"))

    def new(self) -> Path:
        """An empty folder for a file that comes in."""
        incoming = self.directory / _INCOMING
        incoming.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(dir=incoming))

    def file(self, upload: str) -> Path:
        """A file as it came."""
        return self.directory / upload / FILE

    def keep(self, folder: Path, upload: Upload) -> bool:
        """Give a folder that is complete its name; False where the same file came meanwhile."""
        (folder / ABOUT).write_text(upload.model_dump_json(), encoding="utf-8")
        for path in (folder, *folder.rglob("*")):
            _flush(path)
        try:
            folder.rename(self.directory / upload.id)
        except OSError:
            if self.get(upload.id) is None:
                raise
            return False
        _flush(self.directory)
        return True

    def remove(self, upload: str) -> bool:
        """Take one away, at once or not at all; False where there is none of that id."""
        if not is_upload(upload):
            return False
        away = self.new()
        try:
            (self.directory / upload).rename(away / upload)
        except OSError:
            return False
        finally:
            shutil.rmtree(away, ignore_errors=True)
        return True

    def clean(self) -> None:
        """Take away what was under way when the last server ended."""
        shutil.rmtree(self.directory / _INCOMING, ignore_errors=True)


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.lstat().st_size
    return 0


def _flush(path: Path) -> None:
    """Have a file or folder on the disk before it gets a name that promises so."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
