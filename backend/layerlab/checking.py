"""The check as it is answered: what is wrong with a spec, and what cannot be seen of its network."""

from layerlab_schemas.graph import CheckResult, Lack
from layerlab_schemas.run import CheckRequest, RunSpec

from layerlab import analyses, probes
from layerlab.graph.plan import Plan
from layerlab.training.inspection import Findings, examine


def check(request: CheckRequest | RunSpec) -> CheckResult:
    """Every problem of a spec, what is known of its network, and which probes and analyses find nothing in it."""
    return result_of(examine(request))


def result_of(found: Findings) -> CheckResult:
    """The same of a spec that was examined already."""
    lacking = {} if found.plan is None else find_lacking(found.plan)
    return found.result().model_copy(update={"lacking": lacking})


def find_lacking(plan: Plan) -> dict[str, Lack]:
    """By name of the probe or analysis, why it does not apply."""
    kinds = (*probes.REGISTRY, *analyses.REGISTRY)
    return {kind.kind: lack for kind in kinds if (lack := kind.lacks(plan)) is not None}
