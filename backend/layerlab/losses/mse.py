"""Mean squared error."""

from typing import Any, ClassVar

from torch import Tensor
from torch.nn import functional

from layerlab.losses.base import LossKind, one_hot
from layerlab.params import Params


class MeanSquaredErrorParams(Params):
    """No fields."""


class MeanSquaredError(LossKind[MeanSquaredErrorParams]):
    """For numbers; for classes it compares the outputs with 1 at the true class and 0 elsewhere."""

    kind = "mse"
    title = "MSELoss"
    help = "Mean of the squared differences. Its best constant answer is the mean of the targets."
    formula = r"\frac{1}{NT} \sum_{n,t} (\hat y_{nt} - y_{nt})^2"
    source = "Legendre 1805, Nouvelles méthodes pour la détermination des orbites des comètes; torch.nn.MSELoss"
    Params = MeanSquaredErrorParams
    example: ClassVar[dict[str, Any]] = {"kind": "mse"}
    tasks = ("regression", "classification")
    title_of_loss = "Mean squared error"

    def output_shape(self, num_classes: int, target_shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of the targets, or one number a class."""
        return (num_classes,) if num_classes else target_shape

    def value(self, params: MeanSquaredErrorParams, output: Tensor, targets: Tensor) -> Tensor:
        """Mean over batch and outputs; ``targets`` [N, T] numbers, or [N] class numbers."""
        if not targets.is_floating_point():
            targets = one_hot(targets, output.shape[1], output)
        return functional.mse_loss(output, targets)

    def predicted(self, output_nk: Tensor) -> Tensor:
        """The class with the largest output."""
        return output_nk.argmax(1)
