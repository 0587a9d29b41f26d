"""The fields of a kind: a frozen record, and its mistakes in plain words."""

from typing import Any

from layerlab_schemas.problems import Mend, Problem
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import Field
from pydantic_core import ErrorDetails

from layerlab.errors import nearest


class Params(BaseModel):
    """Fields of one kind: frozen, and no field that is not declared.

    A field made with ``live(...)`` may change while a run trains.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @classmethod
    def live_fields(cls) -> list[str]:
        """Names of the fields that may change while a run trains."""
        return [name for name, field in cls.model_fields.items() if is_live(field.json_schema_extra)]


def is_live(extra: Any) -> bool:
    """True where a field's JSON Schema extras say that it may change while a run trains."""
    return isinstance(extra, dict) and extra.get("x-live") is True


def live(default: Any, description: str) -> Any:
    """A field that may change while a run trains; the catalogue marks it ``"x-live": true``."""
    return Field(default=default, description=description, json_schema_extra={"x-live": True})


def problems_of(
    error: ValidationError, kind: str, params: type[Params], *, path: str, node: str | None
) -> list[Problem]:
    """One problem for each wrong field; the tries of a union of types are told as one."""
    by_field: dict[str, list[ErrorDetails]] = {}
    for details in error.errors(include_url=False):
        by_field.setdefault(shorten(str(details["loc"][0])) if details["loc"] else "", []).append(details)
    return [_problem(field, tries, kind, params, path, node) for field, tries in by_field.items()]


def _problem(
    field: str, tries: list[ErrorDetails], kind: str, params: type[Params], path: str, node: str | None
) -> Problem:
    whose = node or kind
    where = ".".join(part for part in (path, field) if part)
    first = tries[0]
    if first["type"] == "missing" and len(first["loc"]) == 1:
        return Problem(
            code="missing_field", path=where, node=node, field=field, message=f"{whose} needs {field}.",
            expected=_wanted(params, field), hint=f"Set {field}.",
        )  # fmt: skip
    if first["type"] == "extra_forbidden":
        return _unknown_field(field, kind, params, where, node)
    wanted = _either([_reason(details) for details in tries])
    got = shorten(first["input"] if len(first["loc"]) <= 1 or len(tries) == 1 else _outer_input(tries))
    return Problem(
        code="invalid_field", path=where, node=node, field=field or None,
        message=f"{f'{field} of ' if field else ''}{whose} {wanted}.",
        expected=wanted.removeprefix("must be "), got=got, hint=_wanted(params, field),
    )  # fmt: skip


def _unknown_field(field: str, kind: str, params: type[Params], where: str, node: str | None) -> Problem:
    known = list(params.model_fields)
    near = nearest(field, known)
    if near:
        hint = f"Did you mean {near}?"
    else:
        hint = f"Its fields are: {', '.join(known)}." if known else "It has no fields of its own."
    mend = Mend(label=f"Take {field} out", node=node, field=field, value=None) if node and field else None
    return Problem(
        code="unknown_field", path=where, node=node, field=field, message=f"{kind} has no field {field}.",
        expected=", ".join(known), got=field, hint=hint, mend=mend,
    )  # fmt: skip


def _wanted(params: type[Params], field: str) -> str | None:
    found = params.model_fields.get(field)
    return found.description if found else None


def _either(reasons: list[str]) -> str:
    """The reasons of a union's tries as one: "must be a whole number, or 'same'"."""
    first, *others = dict.fromkeys(reasons)
    return ", or ".join([first, *(other.removeprefix("must be ") for other in others)])


def _outer_input(tries: list[ErrorDetails]) -> Any:
    """The value as it came: of a union's tries, the one that looked at the whole of it."""
    return min(tries, key=lambda details: len(details["loc"]))["input"]


def _reason(details: ErrorDetails) -> str:
    """What the value must be, as the end of a sentence that starts with the field's name."""
    context = details.get("ctx", {})
    words = {
        "greater_than": "must be above {gt}",
        "greater_than_equal": "must be at least {ge}",
        "less_than": "must be below {lt}",
        "less_than_equal": "must be at most {le}",
        "literal_error": "must be {expected}",
        "enum": "must be {expected}",
        "finite_number": "must be a finite number",
        "int_from_float": "must be a whole number",
        "int_type": "must be a whole number",
        "list_type": "must be a list",
        "missing": "lacks a value",
        "too_long": "must have at most {max_length} values",
        "too_short": "must have at least {min_length} values",
        "string_type": "must be a text",
    }
    if details["type"] == "value_error":
        return str(context.get("error", details["msg"]))
    if details["type"] in words:
        return words[details["type"]].format(**context)
    return f"is not right ({details['msg']})"


def shorten(value: Any) -> str:
    """The value as text of at most 80 characters that any encoding can carry, for a message."""
    text = value if isinstance(value, str) else repr(value)
    # A lone surrogate, which JSON can smuggle in, cannot be written as UTF-8.
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= 80 else text[:77] + "…"
