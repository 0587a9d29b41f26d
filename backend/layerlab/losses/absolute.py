"""Losses that forgive outliers: the absolute error, and Huber's, which is a square near 0."""

from typing import Annotated, Any, ClassVar, TypeVar

from layerlab_schemas.base import Positive
from pydantic import Field
from torch import Tensor
from torch.nn import functional

from layerlab.losses.base import LossKind, one_hot
from layerlab.params import Params

P = TypeVar("P", bound=Params)


class Difference(LossKind[P]):
    """For numbers; for classes it compares the outputs with 1 at the true class and 0 elsewhere, as ``mse`` does."""

    tasks = ("regression", "classification")

    def output_shape(self, num_classes: int, target_shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of the targets, or one number a class."""
        return (num_classes,) if num_classes else target_shape

    def predicted(self, output_nk: Tensor) -> Tensor:
        """The class with the largest output."""
        return output_nk.argmax(1)


def _as_numbers(targets: Tensor, output: Tensor) -> Tensor:
    return targets if targets.is_floating_point() else one_hot(targets, output.shape[1], output)


class AbsoluteErrorParams(Params):
    """No fields."""


class AbsoluteError(Difference[AbsoluteErrorParams]):
    """An outlier pulls no harder than any other sample."""

    kind = "l1"
    title = "L1Loss"
    help = "Mean of the absolute differences. Its best constant answer is the median of the targets."
    formula = r"\frac{1}{NT} \sum_{n,t} |\hat y_{nt} - y_{nt}|"
    source = "Boscovich 1757, De litteraria expeditione per pontificiam ditionem; torch.nn.L1Loss"
    Params = AbsoluteErrorParams
    example: ClassVar[dict[str, Any]] = {"kind": "l1"}
    title_of_loss = "Mean absolute error"

    def value(self, params: AbsoluteErrorParams, output: Tensor, targets: Tensor) -> Tensor:
        """Mean over batch and outputs; ``targets`` [N, …] numbers, or [N] class numbers."""
        return functional.l1_loss(output, _as_numbers(targets, output))


class HuberParams(Params):
    """Where the square ends."""

    delta: Annotated[Positive, Field(le=1e6)] = Field(
        default=1.0, description="Differences up to this count squared, larger ones evenly."
    )


class Huber(Difference[HuberParams]):
    """Smooth near 0 as the square, even far out as the absolute error."""

    kind = "huber"
    title = "HuberLoss"
    help = "Squared for small differences, absolute for large ones, so that outliers pull with limited force."
    formula = (
        r"\begin{cases} \tfrac{1}{2} d^2 & |d| \le \delta \\ \delta (|d| - \tfrac{1}{2} \delta) & |d| > \delta "
        r"\end{cases}, \quad d = \hat y - y"
    )
    source = "Huber 1964, Robust Estimation of a Location Parameter; torch.nn.HuberLoss"
    Params = HuberParams
    example: ClassVar[dict[str, Any]] = {"kind": "huber", "delta": 0.5}
    title_of_loss = "Huber loss"

    def value(self, params: HuberParams, output: Tensor, targets: Tensor) -> Tensor:
        """Mean over batch and outputs; ``targets`` [N, …] numbers, or [N] class numbers."""
        return functional.huber_loss(output, _as_numbers(targets, output), delta=params.delta)
