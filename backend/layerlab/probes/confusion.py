"""Which classes are taken for which."""

from layerlab_schemas.frames import DataShape, Frame, MatrixItem

from layerlab.graph.plan import Plan
from layerlab.probes.base import ProbeContext, ProbeKind, pack


class ConfusionMatrix(ProbeKind):
    """Counts of the newest evaluation on the whole validation set."""

    kind = "confusion"
    title = "Confusion"
    help = "How often each true class (row) was taken for each class (column); right answers are on the diagonal."
    formula = r"C_{ij} = \left|\{ n : y_n = i,\ \hat{y}_n = j \}\right|"
    source = "scikit-learn, sklearn.metrics.confusion_matrix"
    data_shape = DataShape.MATRIX

    def applies(self, plan: Plan) -> bool:
        """Only where there are classes, and samples to judge by."""
        return bool(plan.data.class_names) and plan.data.num_validation > 0

    def measure(self, context: ProbeContext) -> Frame | None:
        """[true, predicted]; None for regression. Its step is that of the evaluation."""
        found = context.confusion
        if found is None:
            return None
        names = context.facts.class_names
        item = MatrixItem(
            row_title="true",
            column_title="predicted",
            row_names=names,
            column_names=names,
            values=pack(found.counts),
        )
        return context.frame(
            self, [item], split="validation", mode="eval", num_samples=found.num_samples, step=found.step
        )
