"""Whether an analysis can be made of a run, before any process is started for it."""

from typing import Any

from layerlab_schemas.graph import Lack
from layerlab_schemas.problems import Problem
from layerlab_schemas.run import RunSpec

from layerlab.analyses import REGISTRY
from layerlab.errors import SpecError
from layerlab.registry import read_params
from layerlab.training.inspection import examine

_UNKNOWN = Lack(text="The network has problems that must be mended first.")


def check_analysis(spec: RunSpec, name: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Its kind, all its fields with defaults, and what of the run it reads.

    Raises:
        UnknownKind: There is no such analysis.
        SpecError: A field cannot be used, or the analysis does not apply to such a network.
    """
    kind = REGISTRY.get(name)
    params = read_params(kind, fields, path="params")
    plan = examine(spec).plan
    lack = _UNKNOWN if plan is None else kind.lacks(plan)
    if lack is not None:
        raise SpecError([Problem(code="not_applicable", path="kind", message=lack.text)])
    facts = {"shows_sample": kind.shows_sample, "reads_state": kind.reads_state}
    return {"kind": kind.kind, "params": params.model_dump(mode="json"), **facts}
