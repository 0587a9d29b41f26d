"""Linnerud's table: exercises and bodies of twenty men, bundled with scikit-learn."""

from typing import Any, ClassVar

from layerlab.datasets.base import DatasetKind, LoadedData
from layerlab.datasets.bundled import read_bundled
from layerlab.registry import Params


class LinnerudParams(Params):
    """No fields: the table is what it is."""


class Linnerud(DatasetKind):
    """Three exercises of 20 men and three measurements of their bodies: three answers at once, from next to no data.

    Weight (pounds), waist (inches) and pulse (beats a minute) are standardised by the training part, so an answer of 0
    for everyone has an MSE of 1 there. A net with a hidden layer learns that part by heart and is worse on the others.
    """

    kind = "linnerud"
    title = "Linnerud"
    help = "Weight, waist and pulse of 20 men from chin-ups, sit-ups and jumps: three answers, easily learnt by heart."
    formula = r"y_k = (t_k - \mu_{k,\text{train}}) / \sigma_{k,\text{train}}"
    source = "A. C. Linnerud; printed in M. Tenenhaus, La régression PLS (1998), as bundled with scikit-learn"
    licence = "None stated; bundled with scikit-learn (BSD 3-Clause)"
    group = "Tables"
    task = "regression"
    input_kind = "tabular"
    Params = LinnerudParams
    example: ClassVar[dict[str, Any]] = {"dataset": "linnerud"}
    details: ClassVar[dict[str, Any]] = {"samples": 20, "shape": [3], "outputs": ["weight", "waist", "pulse"]}

    def load(self, params: LinnerudParams, *, seed: int) -> LoadedData:
        """All rows in the order of the file, in their own units; the targets [20, 3] are standardised later."""
        return LoadedData(
            inputs=read_bundled("linnerud_exercise.csv", delimiter=None, skip=1),
            targets=read_bundled("linnerud_physiological.csv", delimiter=None, skip=1),
            task="regression",
            input_kind="tabular",
            feature_names=("chin-ups", "sit-ups", "jumps"),
            scales_targets=True,
        )
