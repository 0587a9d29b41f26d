"""Units that are copies of each other."""

from typing import ClassVar

from layerlab_schemas.run import Remedy

from layerlab.diagnoses.base import DiagnosisKind, Evidence, Finding
from layerlab.figures import count
from layerlab.params import Params


class SymmetricParams(Params):
    """``symmetric_units`` has no thresholds: rows are equal or they are not."""


class Symmetric(DiagnosisKind[SymmetricParams]):
    """Looks whether all rows of a hidden weight matrix are equal, and those of its gradient too."""

    kind = "symmetric_units"
    title = "Symmetric units"
    help = "All units of a layer have the same weights and get the same gradient: they stay one unit for ever."
    formula = r"w_i = w_j,\ \frac{\partial L}{\partial w_i} = \frac{\partial L}{\partial w_j}\ \forall i, j"
    source = "I. Goodfellow, Y. Bengio, A. Courville, Deep Learning (2016), 8.4"
    severity = "problem"
    patience = 1
    relief = 2
    Params = SymmetricParams
    example: ClassVar[dict[str, object]] = {
        "data": {"dataset": "digits"},
        "graph": [
            {"kind": "flatten"},
            {"id": "hidden", "kind": "linear", "out_features": 32},
            {"kind": "relu"},
            {"kind": "linear", "out_features": 10},
        ],
        "init": {"scheme": "zeros"},
    }

    def look(self, evidence: Evidence, params: SymmetricParams, *, held: bool) -> Finding | None:
        """The first hidden layer that is so. The last layer may start from zeros: its classes differ by the labels."""
        alike = [n for n in evidence.weighted[:-1] if (signs := evidence.signs(n.id)) and signs.is_alike]
        if not alike:
            return None
        first = alike[0]
        signs = evidence.signs(first.id)
        units = first.output_shape[-3 if len(first.output_shape) > 2 else -1]
        is_zero = signs is not None and signs.weight == 0
        weights = "have weights that are all 0" if is_zero else "have the same weights"
        learned = " With them, only the biases of the last layer learn." if is_zero else ""
        return Finding(
            severity="problem",
            what=f"All units of {first.id} are equal",
            text=f"The {count(units)} units of {first.id} {weights}, and the same gradient: no step makes them "
            f"different, so the layer is worth one unit.{learned}",
            cause=f"The start of the weights: {evidence.assembly.spec.init.scheme} gives every unit the same ones."
            if first.init is None
            else f"The start of the weights: {first.init.scheme} gives every unit the same ones.",
            node=first.id,
            remedies=[self._random_start(evidence)],
        )

    def _random_start(self, evidence: Evidence) -> Remedy:
        found = evidence.other_init()
        assert found is not None, "a start that makes equal units is none of the usual ones"
        return found
