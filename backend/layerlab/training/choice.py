"""A kind that was chosen, with its fields read."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from layerlab_schemas.problems import Problem
from layerlab_schemas.run import KindSpec

from layerlab.errors import SpecError, UnknownKind
from layerlab.losses.base import LossKind
from layerlab.optimizers.base import OptimizerKind, OptimizerParams
from layerlab.params import Params
from layerlab.registry import Kind, Registry, read_params
from layerlab.schedules.base import ScheduleKind

K = TypeVar("K", bound=Kind, covariant=True)
P = TypeVar("P", bound=Params, covariant=True)


@dataclass(frozen=True)
class Choice(Generic[K, P]):
    """A kind and its fields."""

    kind: K
    params: P


LossChoice = Choice[LossKind[Any], Params]
OptimizerChoice = Choice[OptimizerKind[Any], OptimizerParams]
ScheduleChoice = Choice[ScheduleKind[Any], Params]


def choose(registry: Registry[K], spec: KindSpec, *, path: str) -> Choice[K, Any]:
    """The kind that ``spec`` names, with its fields.

    Raises:
        SpecError: No such kind, or wrong fields; paths start with ``path``.
    """
    try:
        kind = registry.get(spec.kind)
    except UnknownKind as error:
        problem = Problem(code=error.code, path=f"{path}.kind", message=error.message, got=spec.kind, hint=error.hint)
        raise SpecError([problem]) from None
    return Choice(kind, read_params(kind, spec.fields_of_kind(), path=path))
