"""Classes of very different sizes."""

from typing import ClassVar

from layerlab_schemas.base import Positive
from layerlab_schemas.run import Remedy
from pydantic import Field

from layerlab.diagnoses.base import DiagnosisKind, Evidence, Finding
from layerlab.figures import percent
from layerlab.params import Params


class ImbalanceParams(Params):
    """When it is told."""

    ratio: Positive = Field(default=5.0, description="Largest class over the smallest; from here on it is told.")


class Imbalance(DiagnosisKind[ImbalanceParams]):
    """Counts the labels of the training part, where each sample has one."""

    kind = "label_imbalance"
    title = "Label imbalance"
    help = "One class has many times the samples of another, so that always answering it looks like a good score."
    formula = r"\frac{\max_k n_k}{\min_k n_k} \gg 1"
    source = "H. He, E. Garcia, Learning from imbalanced data, IEEE TKDE 21 (2009)"
    severity = "warning"
    patience = 1
    says_since = False
    Params = ImbalanceParams
    example: ClassVar[dict[str, object]] = {
        "data": {"dataset": "moons", "params": {"first_share": 0.9}},
        "graph": [
            {"kind": "linear", "out_features": 16},
            {"kind": "tanh"},
            {"kind": "linear", "out_features": 2},
        ],
    }

    def look(self, evidence: Evidence, params: ImbalanceParams, *, held: bool) -> Finding | None:
        """Largest against smallest class."""
        shares = evidence.class_shares
        if shares is None or evidence.assembly.data.train_targets.dim() > 1:
            return None
        most, least = int(shares.argmax()), int(shares.argmin())
        if shares[most] < params.ratio * shares[least]:
            return None
        names = evidence.plan.data.class_names
        return Finding(
            severity="warning",
            what=f"The labels are imbalanced: {percent(float(shares[most]))} are of class {names[most]}",
            text=f"Only {percent(float(shares[least]))} of the training samples are of class {names[least]}. Always "
            f"answering {names[most]} is right in {percent(float(shares[most]))} of them: look at the accuracy of each "
            f"class.",
            cause="The data holds the classes in these shares.",
            since=0,
            remedies=[Remedy(label="Train on equal shares", changes={"data.oversample": True}, at_step=0)],
        )
