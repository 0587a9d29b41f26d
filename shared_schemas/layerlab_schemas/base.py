"""Ground rules for every model: unknown fields are refused, values are frozen, numbers are numbers.

Pydantic's default reads ``true`` as 1 and ``"3"`` as 3. A spec that says so is a mistake, and a silent repair would
hide it; but strict mode also refuses ``3.0`` for an integer, which is valid JSON. Hence the small validators here.
"""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

# JSON numbers beyond 2**53 lose digits in a browser, so no integer of ours may be larger.
LARGEST_INTEGER = 2**53 - 1


def _only_number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number")
    return value


def _only_boolean(value: Any) -> Any:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


Number = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(_only_number)]
Integer = Annotated[int, Field(ge=-LARGEST_INTEGER, le=LARGEST_INTEGER), BeforeValidator(_only_number)]
Count = Annotated[int, Field(ge=0, le=LARGEST_INTEGER), BeforeValidator(_only_number)]
PositiveCount = Annotated[int, Field(ge=1, le=LARGEST_INTEGER), BeforeValidator(_only_number)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False), BeforeValidator(_only_number)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False), BeforeValidator(_only_number)]
Fraction = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False), BeforeValidator(_only_number)]
Boolean = Annotated[bool, BeforeValidator(_only_boolean)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Identifier = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class Schema(BaseModel):
    """A closed, frozen record."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, ser_json_inf_nan="null", json_schema_serialization_defaults_required=True
    )


class OpenSchema(BaseModel):
    """A record named by its kind whose other fields belong to that kind; the registry of kinds checks them."""

    model_config = ConfigDict(
        extra="allow", frozen=True, ser_json_inf_nan="null", json_schema_serialization_defaults_required=True
    )

    def fields_of_kind(self) -> dict[str, Any]:
        """The fields that this record carries beside the fixed ones."""
        return dict(self.model_extra or {})
