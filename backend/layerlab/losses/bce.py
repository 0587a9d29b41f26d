"""Binary cross-entropy, from one score."""

from typing import Any, ClassVar

from torch import Tensor
from torch.nn import functional

from layerlab.losses.base import LossKind
from layerlab.params import Params


class BinaryCrossEntropyParams(Params):
    """No fields."""


class BinaryCrossEntropy(LossKind[BinaryCrossEntropyParams]):
    """Sigmoid and logarithm in one: logistic regression's loss."""

    kind = "bce"
    title = "BCEWithLogitsLoss"
    help = "Cross-entropy of two classes from a single score: above 0 means the second class."
    formula = r"-y \log \sigma(s) - (1 - y) \log(1 - \sigma(s))"
    source = "Cox 1958, The Regression Analysis of Binary Sequences; torch.nn.BCEWithLogitsLoss"
    Params = BinaryCrossEntropyParams
    example: ClassVar[dict[str, Any]] = {"kind": "bce"}
    tasks = ("classification",)
    title_of_loss = "Cross-entropy (nats)"

    def refuses(self, num_classes: int) -> str | None:
        """It tells two classes apart, no more."""
        if num_classes == 2:
            return None
        return f"bce tells two classes apart, and this data has {num_classes}."

    def output_shape(self, num_classes: int, target_shape: tuple[int, ...]) -> tuple[int, ...]:
        """A single score."""
        return (1,)

    def value(self, params: BinaryCrossEntropyParams, output: Tensor, targets: Tensor) -> Tensor:
        """Mean over the batch; ``output`` [N, 1] scores (logits), ``targets`` [N] of 0 and 1."""
        return functional.binary_cross_entropy_with_logits(output[:, 0], targets.to(output.dtype))

    def predicted(self, output_nk: Tensor) -> Tensor:
        """Class 1 where the score is above 0."""
        return (output_nk[:, 0] > 0).long()
