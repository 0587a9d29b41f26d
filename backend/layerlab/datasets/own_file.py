"""What every dataset made of a user's own file has: the file is read once, when it comes, and its content kept."""

from abc import abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from layerlab_schemas.dataset import Column, FoundForm, NamedArray, TableForm
from layerlab_schemas.problems import Problem
from pydantic import Field

from layerlab.datasets.base import DatasetKind
from layerlab.errors import LayerlabError, SpecError
from layerlab.registry import Params
from layerlab.shelf import Limits, is_upload, uploads_dir

#: Names in the folder of an upload.
FILE, CONTENT = "file", "content"


class Unreadable(LayerlabError):
    """A file that is not what its name says, or that cannot be used."""

    code = "unreadable_file"


class UploadParams(Params):
    """The file that is read."""

    upload: str = Field(pattern=r"^u[0-9a-f]{16}$", description="The id of the uploaded file.")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What was found in a file, in the words of ``Upload``.

    Attributes:
        params: Fields of the dataset, beside ``upload``, with which it can be trained on at once.
        summary: What is in it, in one line.
        columns: Of a table.
        form: How a table was read.
        arrays: Of an ``.npz``.
        class_counts: How many samples each class has.
        notes: What was left out or is worth knowing.
    """

    params: dict[str, Any]
    summary: str
    columns: list[Column] = field(default_factory=list)
    form: FoundForm | None = None
    arrays: list[NamedArray] = field(default_factory=list)
    class_counts: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class OwnFileKind(DatasetKind):
    """A dataset that is read from an uploaded file."""

    group = "Your own data"
    licence = "Your own file"
    source = "Your own file"
    details: ClassVar[dict[str, Any]] = {"own_file": True}

    @abstractmethod
    def read(self, file: Path, content: Path, limits: Limits) -> Reading:
        """Read a file that came from anywhere, and write what training needs of it into the folder ``content``.

        Raises:
            Unreadable: It is not what it should be, or over a limit.
        """

    def read_as(self, file: Path, content: Path, limits: Limits, form: TableForm) -> Reading:
        """``read``, with what is asked of a table; the server asks it of nothing else.

        Raises:
            Unreadable: It is not what it should be, or over a limit.
        """
        return self.read(file, content, limits)

    def receive(self, folder: Path, *, upload: str, limits: Limits, form: TableForm | None = None) -> dict[str, Any]:
        """Read the file in ``folder``; returns the fields of ``Upload`` that depend on what is in it.

        Args:
            folder: Where the file is, and what is kept of it comes.
            upload: Its id.
            limits: What it may grow to.
            form: How a table is to be read where that is known.

        Raises:
            Unreadable: It cannot be used.
        """
        content = folder / CONTENT
        content.mkdir()
        found = self.read_as(folder / FILE, content, limits, form or TableForm())
        return {
            "params": {"upload": upload, **found.params},
            "summary": found.summary,
            "columns": [column.model_dump(mode="json") for column in found.columns],
            "form": found.form.model_dump(mode="json") if found.form else None,
            "arrays": [array.model_dump(mode="json") for array in found.arrays],
            "class_counts": found.class_counts,
            "notes": found.notes,
        }

    def stamp(self, params: UploadParams) -> str:
        """When the file came: one that was taken away and brought again may be read otherwise.

        Raises:
            SpecError: It is not here.
        """
        return str(self.content(params.upload).stat().st_mtime_ns)

    def content(self, upload: str) -> Path:
        """The folder with what was kept of an upload.

        Raises:
            SpecError: It is not here.
        """
        shelf = uploads_dir()
        folder = shelf / upload / CONTENT if shelf and is_upload(upload) else None
        if folder is None or not folder.is_dir():
            message, hint = f"There is no upload called {upload}.", "Bring the file again: it gets the same id."
            raise wrong("upload", message, hint=hint, code="upload_missing", got=upload)
        return folder


def wrong(
    name: str, message: str, *, hint: str | None = None, code: str = "invalid_field", got: str | None = None
) -> SpecError:
    """An error at the field ``name`` of a dataset."""
    problem = Problem(code=code, path=f"data.params.{name}", field=name, message=message, hint=hint, got=got)
    return SpecError([problem])
