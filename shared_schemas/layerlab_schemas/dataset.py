"""Files of data: what the user brought, and the original files of well-known sets."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from layerlab_schemas.base import Boolean, Count, Name, Schema


class Column(Schema):
    """A column of a table, as it was read."""

    name: str
    type: Literal["number", "category", "text"]
    num_missing: Count = 0
    categories: list[str] = Field(default=[], description="The most frequent first, at most 100.")
    num_categories: Count = 0
    examples: list[str] = Field(default=[], description="The first few values as they are written.")


class Upload(Schema):
    """A file that the user brought, read and found right. ``params`` are what the form of its dataset begins with."""

    id: Name = Field(description="Made from the content: the same file has the same id.")
    name: str = Field(description="Of the file, as it came.")
    dataset: Name = Field(description="The dataset that reads it: csv, image_folder, text_file or npz.")
    size: Count = Field(description="Bytes.")
    created: datetime
    params: dict[str, Any] = Field(description="Fields of the dataset with which it can be trained on at once.")
    summary: str = Field(description="What is in it, in one line: '150 rows, 5 columns'.")
    columns: list[Column] = Field(default=[], description="Of a table.")
    class_counts: dict[str, Count] = Field(default={}, description="Of a folder of images: how many in each class.")
    notes: list[str] = Field(default=[], description="What was left out or is worth knowing, one sentence each.")


class Original(Schema):
    """A well-known set whose original files must be there first."""

    dataset: Name
    title: Name
    status: Literal["ready", "missing", "fetching", "failed"]
    files: list[str] = Field(description="Names of the original files, which may also be put into ``folder`` by hand.")
    folder: str = Field(description="On the server's machine.")
    received: Count = Field(default=0, description="Bytes so far; a broken transfer goes on from there.")
    size: Count = Field(description="Bytes in all.")
    source: str = Field(description="Where they are fetched from.")
    message: str | None = Field(default=None, description="What went wrong and what can be done.")
    parts: list[Literal["train", "test"]] = Field(
        default=[], description="What can be trained on now; one part where only its files are there."
    )


class DatasetList(Schema):
    """Files of data on this server. The datasets themselves are in the catalogue."""

    uploads: list[Upload]
    originals: list[Original]
    can_upload: Boolean = True
