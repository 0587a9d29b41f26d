"""Inputs of very different sizes, or far from zero."""

from typing import ClassVar

from layerlab_schemas.base import Positive
from layerlab_schemas.run import Remedy
from pydantic import Field

from layerlab.diagnoses.base import DiagnosisKind, Evidence, Finding
from layerlab.figures import figure
from layerlab.layers.base import as_images
from layerlab.params import Params


class NotNormalisedParams(Params):
    """When it is told."""

    spread: Positive = Field(default=20.0, description="Largest standard deviation of a feature over the median one.")
    size: Positive = Field(default=10.0, description="Largest root mean square of a feature.")


class NotNormalised(DiagnosisKind[NotNormalisedParams]):
    """Looks at each feature of the training inputs as the network reads them."""

    kind = "not_normalised"
    title = "Data not normalised"
    help = "Inputs far from mean 0 and variance 1, or of very different sizes: the large ones rule the first layer."
    formula = r"\kappa \approx \frac{\max_j E[x_j^2]}{\min_j E[x_j^2]} \gg 1"
    source = "Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, Efficient BackProp (1998), 4.3"
    severity = "warning"
    patience = 1
    says_since = False
    Params = NotNormalisedParams
    example: ClassVar[dict[str, object]] = {
        "data": {"dataset": "wine", "preprocess": "none"},
        "graph": [
            {"kind": "linear", "out_features": 16},
            {"kind": "relu"},
            {"kind": "linear", "out_features": 3},
        ],
        "optimizer": {"kind": "sgd", "lr": 0.001},
    }

    def look(self, evidence: Evidence, params: NotNormalisedParams, *, held: bool) -> Finding | None:
        """Told once, of the data as a whole; pixels between 0 and 1 are well enough."""
        data = evidence.assembly.data
        if held and evidence.step:
            return _again(evidence)
        if evidence.plan.data.input_is_index or evidence.assembly.spec.data.preprocess == "standardize":
            return None
        x = as_images(data.train_inputs[:2000]).double()
        features = x.flatten(1) if x.dim() < 4 else x.movedim(1, -1).flatten(0, -2)
        std, size = features.std(0, correction=0), features.square().mean(0).sqrt()
        median = max(float(std.median()), 1e-12)
        largest, spread = float(size.max()), float(std.max()) / median
        if largest < params.size and spread < params.spread:
            return None
        place = int(size.argmax())
        names = evidence.plan.data.feature_names
        name = names[place] if place < len(names) else f"feature {place + 1}"
        return Finding(
            severity="warning",
            what="The data is not normalised",
            text=f"{name} has mean {figure(float(features[:, place].mean()))} and standard deviation "
            f"{figure(float(std[place]))}; the median standard deviation of the features is {figure(median)}. The "
            f"largest ones rule the first layer, and one rate cannot fit all.",
            cause=f"preprocess is {evidence.assembly.spec.data.preprocess}.",
            since=0,
            remedies=[_standardize()],
        )


def _standardize() -> Remedy:
    return Remedy(label="Standardise the data", changes={"data.preprocess": "standardize"}, at_step=0)


def _again(evidence: Evidence) -> Finding:
    """It stays as it is: data do not change while a run trains."""
    return Finding(severity="warning", what="The data is not normalised", text="", cause="", remedies=[_standardize()])
