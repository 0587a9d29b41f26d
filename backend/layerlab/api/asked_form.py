"""How a table is to be read, as the query of an upload says it."""

from typing import Annotated, Any

from fastapi import Query
from layerlab_schemas.dataset import Decimal, Delimiter, TableForm
from pydantic import ValidationError

from layerlab.api.problems import Refusal

_TYPES = "number, category or text"

Types = Annotated[
    list[Annotated[str, Query(max_length=200)]],
    Query(alias="type", max_length=2000, description=f"column=type, once for each column; a type is {_TYPES}."),
]


def asked_form(
    delimiter: Annotated[Delimiter | None, Query(description="Of a table; left out: it is found.")] = None,
    decimal: Annotated[Decimal | None, Query(description="What stands before decimals.")] = None,
    has_names: Annotated[bool | None, Query(description="Whether the first line holds names.")] = None,
    types: Types = [],  # noqa: B006 (FastAPI copies it)
) -> TableForm:
    """The fields that are given.

    Raises:
        Refusal: A type is none.
    """
    named: dict[str, Any] = {name: kind for name, _, kind in (one.rpartition("=") for one in types)}
    try:
        return TableForm(delimiter=delimiter, decimal=decimal, has_names=has_names, types=named)
    except ValidationError:
        text = f"A type is written column=type, and a type is {_TYPES}."
        raise Refusal(422, "wrong_type", text) from None
