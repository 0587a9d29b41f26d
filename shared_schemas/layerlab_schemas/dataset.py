"""Files of data: what the user brought, and the original files of well-known sets."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from layerlab_schemas.base import Boolean, Count, Name, Schema

Delimiter = Literal["comma", "semicolon", "tab", "bar"]
Decimal = Literal["point", "comma"]
ColumnType = Literal["number", "category", "text"]


class TableForm(Schema):
    """How a table is to be read where what is found by itself is wrong; null: as it is found."""

    delimiter: Delimiter | None = Field(default=None, description="What stands between two values.")
    decimal: Decimal | None = Field(default=None, description="What stands before the decimals of a number.")
    has_names: Boolean | None = Field(default=None, description="Whether the first line holds the names of columns.")
    types: Annotated[dict[str, ColumnType], Field(max_length=2000)] = Field(
        default={}, description="Of columns, by their names."
    )


class FoundForm(Schema):
    """How a table was read."""

    encoding: str
    delimiter: Delimiter
    decimal: Decimal
    has_names: Boolean


class NamedArray(Schema):
    """An array of an ``.npz``."""

    name: str
    shape: list[Count]
    dtype: str = Field(description="As NumPy calls it; text where it is of words.")


class Column(Schema):
    """A column of a table, as it was read."""

    name: str
    type: ColumnType
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
    file: Name | None = Field(default=None, description="The id of the file itself; readings of one file share it.")
    columns: list[Column] = Field(default=[], description="Of a table.")
    form: FoundForm | None = Field(default=None, description="Of a table: how it was read.")
    asked: TableForm = Field(default=TableForm(), description="Of a table: what of that was asked for.")
    arrays: list[NamedArray] = Field(default=[], description="Of an .npz.")
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
    limits: dict[str, Count] = Field(default={}, description="Bytes of the largest file, by the end of its name.")
