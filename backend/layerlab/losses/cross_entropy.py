"""Cross-entropy of the classes, from scores."""

from typing import Annotated, Any, ClassVar

from layerlab_schemas.base import NonNegative
from pydantic import Field
from torch import Tensor
from torch.nn import functional

from layerlab.losses.base import LossKind
from layerlab.params import Params


class CrossEntropyParams(Params):
    """Smoothing of the labels."""

    label_smoothing: Annotated[NonNegative, Field(lt=1)] = Field(
        default=0.0, description="Share of the label that is spread over all classes; 0 trusts the labels fully."
    )


class CrossEntropy(LossKind[CrossEntropyParams]):
    """Softmax and logarithm in one, so that large scores neither overflow nor lose digits."""

    kind = "cross_entropy"
    title = "CrossEntropyLoss"
    help = "How surprised the net is by the true class, in nats. A net that guesses has ln(classes)."
    formula = r"-\log \frac{e^{s_y}}{\sum_k e^{s_k}}"
    source = "Bishop 2006, Pattern Recognition and Machine Learning, 4.3.4; torch.nn.CrossEntropyLoss"
    Params = CrossEntropyParams
    example: ClassVar[dict[str, Any]] = {"kind": "cross_entropy", "label_smoothing": 0.1}
    tasks = ("classification",)
    title_of_loss = "Cross-entropy (nats)"

    def output_shape(self, num_classes: int, target_shape: tuple[int, ...]) -> tuple[int, ...]:
        """One score a class."""
        return (num_classes,)

    def value(self, params: CrossEntropyParams, output: Tensor, targets: Tensor) -> Tensor:
        """Mean over the batch; ``output`` [N, K] scores (logits), ``targets`` [N] class numbers."""
        return functional.cross_entropy(output, targets, label_smoothing=params.label_smoothing)

    def predicted(self, output_nk: Tensor) -> Tensor:
        """The class with the largest score."""
        return output_nk.argmax(1)
