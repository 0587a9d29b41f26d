"""Dropout whose output a batch norm measures."""

from typing import Any, ClassVar

from layerlab_schemas.base import Fraction
from layerlab_schemas.run import Remedy
from pydantic import Field

from layerlab.diagnoses.base import DiagnosisKind, Evidence, Finding
from layerlab.figures import figure
from layerlab.graph.plan import PlannedNode
from layerlab.params import Params


class DropoutBeforeNormParams(Params):
    """When it is told."""

    p: Fraction = Field(default=0.1, description="Probability of dropout; below it the shift is too small to tell.")


class DropoutBeforeNorm(DiagnosisKind[DropoutBeforeNormParams]):
    """Found from the graph: a batch norm that reads what dropout gave, with at most one layer of weights between."""

    kind = "dropout_before_norm"
    title = "Dropout before batch norm"
    help = "Dropout makes the variance larger in training than in evaluation, and batch norm keeps that of training."
    formula = r"\frac{\mathrm{Var}_{\mathrm{train}}}{\mathrm{Var}_{\mathrm{eval}}} = \frac{1}{1 - p} \quad (E[x] = 0)"
    source = "X. Li, S. Chen, X. Hu, J. Yang, Understanding the disharmony between dropout and batch norm, CVPR 2019"
    severity = "warning"
    patience = 1
    relief = 1
    Params = DropoutBeforeNormParams
    example: ClassVar[dict[str, Any]] = {
        "data": {"dataset": "digits"},
        "graph": [
            {"kind": "flatten"},
            {"kind": "linear", "out_features": 64},
            {"kind": "relu"},
            {"id": "drop", "kind": "dropout", "p": 0.5},
            {"kind": "linear", "out_features": 64},
            {"id": "norm", "kind": "batch_norm"},
            {"kind": "relu"},
            {"kind": "linear", "out_features": 10},
        ],
    }

    def look(self, evidence: Evidence, params: DropoutBeforeNormParams, *, held: bool) -> Finding | None:
        """The first such pair, with p as it is now."""
        for node in evidence.plan.nodes:
            if node.layer.kind != "dropout":
                continue
            p = float(getattr(evidence.assembly.network.params(node.id), "p", 0.0))
            norm = _norm_behind(evidence, node) if p >= params.p else None
            if norm is not None:
                return self._finding(evidence, node, norm, p)
        return None

    def _finding(self, evidence: Evidence, node: PlannedNode, norm: str, p: float) -> Finding:
        factor = "without bound" if p == 1 else f"up to {figure(1 / (1 - p))} times"
        path = f"{evidence.place(node.id)}.p"
        return Finding(
            severity="warning",
            what=f"Dropout {node.id} stands before batch norm {norm}",
            text=f"With p {figure(p)} the variance that {norm} sees in training is {factor} that of evaluation. Its "
            f"running variance is that of training, so the evaluation is normalised wrongly.",
            cause="Dropout scales up what it keeps, and is switched off in evaluation; the norm between does not know.",
            node=node.id,
            remedies=[Remedy(label=f"Set p of {node.id} to 0", changes={path: 0.0}, live=True)],
        )


def _norm_behind(evidence: Evidence, node: PlannedNode) -> str | None:
    """The batch norm that is reached from a dropout before a second layer of weights."""
    todo = [(reader, 0) for reader in evidence.plan.readers(node.id)]
    while todo:
        reader, weights = todo.pop(0)
        if reader.layer.kind == "batch_norm":
            return reader.id
        weights += reader.layer.has_weights
        if weights < 2 and not reader.layer.is_norm:
            todo += [(after, weights) for after in evidence.plan.readers(reader.id)]
    return None
