"""New values by dotted path of a spec: ``{"optimizer.lr": 0.01, "graph.3.p": 0.5, "graph.drop1.p": 0.5}``."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from layerlab_schemas.problems import Problem
from layerlab_schemas.run import RunSpec
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from layerlab.errors import nearest
from layerlab.runs.refusals import CannotUse

#: With another kind the fields of the kind before are gone, but for these.
_KEPT_WITH_KIND = ("id", "inputs", "block")
_KIND_FIELDS = ("kind", "scheme")


def changed_spec(spec: RunSpec, changes: Mapping[str, Any], *, node_ids: Sequence[str]) -> RunSpec:
    """``spec`` with new values. A node is named by its place or its id. A new kind comes first and without old fields.

    Raises:
        CannotUse: A path leads nowhere, or a value cannot be there; each with its path.
    """
    fields = spec.model_dump(mode="json")
    problems = [_set(fields, path, deepcopy(changes[path]), node_ids) for path in _in_order(changes)]
    found = [problem for problem in problems if problem is not None]
    if not found:
        try:
            return RunSpec.model_validate(fields)
        except ValidationError as error:
            found = [_problem(details) for details in error.errors(include_url=False)]
    raise CannotUse(f"{found[0].path}: {found[0].message}", found)


def value_at(spec: RunSpec, path: str, *, node_ids: Sequence[str]) -> Any:
    """What stands there; None where nothing does."""
    here: Any = spec.model_dump(mode="json")
    for part in path.split("."):
        key = _key(here, part, node_ids)
        if key is None or (isinstance(here, dict) and key not in here):
            return None
        here = here[key]
    return here


def _in_order(changes: Mapping[str, Any]) -> list[str]:
    """Whole parts before what is in them, kinds before the fields of the kind."""
    return sorted(changes, key=lambda path: (path.count("."), path.rsplit(".", 1)[-1] not in _KIND_FIELDS))


def _set(fields: dict[str, Any], path: str, value: Any, node_ids: Sequence[str]) -> Problem | None:
    *way, last = path.split(".")
    here: Any = fields
    for place, part in enumerate(way):
        key = _key(here, part, node_ids)
        if key is None or (isinstance(here, dict) and key not in here):
            return _leads_nowhere(path, ".".join(way[:place]), part, here)
        if here[key] is None:
            here[key] = {}
        here = here[key]
    key = _key(here, last, node_ids)
    if key is None or (here is fields and key not in here):
        return _leads_nowhere(path, ".".join(way), last, here)
    if key in _KIND_FIELDS and isinstance(here, dict) and key in here and here[key] != value:
        kept = {name: here[name] for name in _KEPT_WITH_KIND if name in here}
        here.clear()
        here.update(kept)
    here[key] = value
    return None


def _key(here: Any, part: str, node_ids: Sequence[str]) -> str | int | None:
    """The key of ``part`` in an object, or its place in a list; None where it has none."""
    if isinstance(here, dict):
        return part
    if not isinstance(here, list):
        return None
    if part.isdecimal():
        return int(part) if int(part) < len(here) else None
    return node_ids.index(part) if part in node_ids and len(node_ids) == len(here) else None


def _leads_nowhere(path: str, parent: str, part: str, here: Any) -> Problem:
    names = list(here) if isinstance(here, dict) else []
    near = nearest(part, names)
    hint = f"Did you mean {near}?" if near else f"There are: {', '.join(names)}." if names else "Look at its spec."
    where = parent or "The spec"
    message = f"{where} has no {'place' if isinstance(here, list) else 'field'} called {part[:80]}."
    return Problem(code="unknown_path", path=path[:300], field=part[:80] or None, message=message, hint=hint)


def _problem(details: ErrorDetails) -> Problem:
    path = ".".join(str(part) for part in details["loc"])
    field = path.rsplit(".", 1)[-1][:80] or None
    got = _short(details["input"])
    if details["type"] == "extra_forbidden":
        hint = "Take it out, or see /docs for the fields there are."
        return Problem(code="unknown_field", path=path[:300], field=field, message="There is no such field.", hint=hint)
    message = details["msg"].removeprefix("Value error, ")
    return Problem(
        code="invalid_field", path=path[:300], field=field, message=f"{message[:1].upper()}{message[1:]}.", got=got,
        hint="Give a value that fits.",
    )  # fmt: skip


def _short(value: Any) -> str | None:
    plain = value is None or isinstance(value, bool | int | float | str)
    return str(value)[:80].encode("utf-8", "replace").decode() if plain else None
