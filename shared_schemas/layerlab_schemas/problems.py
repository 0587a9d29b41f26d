"""What is wrong, where, and what would mend it; and the RFC 9457 body that carries it."""

from enum import StrEnum
from typing import Any

from pydantic import Field

from layerlab_schemas.base import Name, Schema


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class Mend(Schema):
    """A change of one node that mends a problem with one click: its ``field`` is set to ``value``.

    ``field`` may also be ``insert_before``: then ``value`` is a node, such as ``{"kind": "flatten"}``, to put in front
    of it; all that it read, the new node reads. Or ``kind``: then ``value`` is the kind that the node should be.
    """

    label: Name = Field(description="Words of the button, such as 'Set in_features to 800'.")
    node: Name
    field: Name
    value: Any = Field(description="Null takes the field out.")


class Problem(Schema):
    """One thing that is wrong. ``path`` points into the JSON that was sent, ``graph.3.kernel_size``."""

    severity: Severity = Severity.ERROR
    code: Name
    path: str = ""
    node: str | None = None
    field: str | None = None
    message: str
    expected: str | None = None
    got: str | None = None
    hint: str | None = None
    mend: Mend | None = None


class ProblemDetails(Schema):
    """An error answer, ``application/problem+json`` (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    code: Name
    detail: str
    instance: str | None = None
    errors: list[Problem] = []
