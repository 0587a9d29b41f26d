"""Whether an analysis can be made of a run, before any process is started for it."""

from typing import Any

from layerlab_schemas.problems import Problem
from layerlab_schemas.run import RunSpec

from layerlab.analyses import REGISTRY
from layerlab.errors import SpecError
from layerlab.registry import read_params
from layerlab.training.inspection import examine


def check_analysis(spec: RunSpec, name: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Its kind, all its fields with defaults, and what of the run it reads.

    Raises:
        UnknownKind: There is no such analysis.
        SpecError: A field cannot be used, or the analysis does not apply to such a network.
    """
    kind = REGISTRY.get(name)
    params = read_params(kind, fields, path="params")
    plan = examine(spec).plan
    if plan is None or not kind.applies(plan):
        raise SpecError([Problem(code="not_applicable", path="kind", message=kind.lacking)])
    facts = {"shows_sample": kind.shows_sample, "reads_state": kind.reads_state}
    return {"kind": kind.kind, "params": params.model_dump(mode="json"), **facts}
