"""Which classes are taken for which."""

from layerlab_schemas.frames import DataShape, Frame, MatrixItem
from layerlab_schemas.graph import Lack

from layerlab.graph.lacks import lacks_classes, lacks_validation
from layerlab.graph.plan import Plan
from layerlab.probes.base import ProbeContext, ProbeKind, pack

MOST_CLASSES = 30


class ConfusionMatrix(ProbeKind):
    """Counts of the newest evaluation on the whole validation set; of sequences, over all steps with an answer."""

    kind = "confusion"
    group = "Results"
    title = "Confusion"
    help = (
        "How often each true class (row) was taken for each class (column); right answers are on the diagonal. "
        "With more than 30 classes it would be too fine to read and is left out."
    )
    formula = r"C_{ij} = \left|\{ n : y_n = i,\ \hat{y}_n = j \}\right|"
    source = "scikit-learn, sklearn.metrics.confusion_matrix"
    data_shape = DataShape.MATRIX

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where there are classes, few enough to read, and samples to judge by."""
        return lacks_validation(plan) or lacks_classes(plan, most=MOST_CLASSES, what="the matrix")

    def measure(self, context: ProbeContext) -> Frame | None:
        """[true, predicted]; None for regression. Its step is that of the evaluation."""
        found = context.confusion
        if found is None or not self.applies(context.network.plan):
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
