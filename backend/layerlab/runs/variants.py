"""From a request for a comparison to the specs of its members: the product of all values."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from layerlab_schemas.comparison import ComparisonRequest
from layerlab_schemas.problems import Problem, Severity
from layerlab_schemas.run import RunSpec

from layerlab.runs.dotted import changed_spec
from layerlab.runs.refusals import CannotUse

#: What says how a run is called, and nothing of how it trains.
_LABELS = ("name", "tags")
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Variant:
    """One combination of the values."""

    varied: dict[str, Any]
    spec: RunSpec

    @property
    def words(self) -> str:
        """What it has for itself."""
        return words_of(self.varied)


def words_of(varied: dict[str, Any]) -> str:
    """``optimizer.lr 0.1, init.scheme zeros``."""
    return ", ".join(f"{path} {_short(value)}" for path, value in varied.items())


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("kind", value.get("scheme", value)))
    return str(value)


def combinations(request: ComparisonRequest, most: int) -> list[dict[str, Any]]:
    """All combinations, the last path moving fastest.

    Raises:
        CannotUse: There are more than ``most``, or something that is no setting is varied.
    """
    sizes = [len(values) for values in request.vary.values()]
    if prod(sizes) > most:
        counted = " × ".join(map(str, sizes))
        message = f"{counted} values make {prod(sizes)} runs; a comparison may have {most}."
        raise _cannot_use([Problem(
            code="too_many_members", path="vary", message=message, got=str(prod(sizes)), expected=f"at most {most}",
            hint="Take values out, or raise max_members in the settings of the server.",
        )])  # fmt: skip
    for path in request.vary:
        if path.split(".")[0] in _LABELS:
            message = f"{path} changes nothing in the training, so it cannot be varied."
            raise _cannot_use([Problem(code="not_varied", path=f"vary.{path}"[:300], message=message)])
    return [dict(zip(request.vary, values, strict=True)) for values in product(*request.vary.values())]


def variant(request: ComparisonRequest, varied: dict[str, Any], node_ids: Sequence[str]) -> Variant:
    """The spec of one member, with its own values in its name.

    Raises:
        CannotUse: A path leads nowhere, or a value cannot be there.
    """
    spec = changed_spec(request.base, varied, node_ids=node_ids)
    name = f"{request.name or request.base.name}: {words_of(varied)}"[:_LONGEST_NAME]
    return Variant(varied, spec.model_copy(update={"name": name}))


class Complaints:
    """The problems of all members; what is wrong with every one of them is said once."""

    def __init__(self, num_members: int) -> None:
        self._num_members = num_members
        self._found: dict[tuple[str, str], list[tuple[dict[str, Any], Problem]]] = {}

    def add(self, varied: dict[str, Any], problems: Sequence[Problem]) -> None:
        """What is wrong with one member."""
        for problem in problems:
            if problem.severity is Severity.ERROR:
                self._found.setdefault((problem.path, problem.message), []).append((varied, problem))

    def raise_if_any(self) -> None:
        """Refuse.

        Raises:
            CannotUse: Something is wrong.
        """
        problems = [one for entries in self._found.values() for one in self._told(entries)]
        if problems:
            raise _cannot_use(problems)

    def _told(self, entries: list[tuple[dict[str, Any], Problem]]) -> list[Problem]:
        if len(entries) == self._num_members:
            return [entries[0][1]]
        return [
            problem.model_copy(update={"message": f"With {words_of(varied)}: {problem.message}"})
            for varied, problem in entries
        ]


def _cannot_use(problems: list[Problem]) -> CannotUse:
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return CannotUse(problems[0].message + more, problems, hint=problems[0].hint)
