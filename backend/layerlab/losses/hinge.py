"""The hinge loss of several classes: a margin between the true score and all others."""

from typing import Annotated, Any, ClassVar

from layerlab_schemas.base import Positive
from pydantic import Field
from torch import Tensor

from layerlab.losses.base import LossKind, one_hot
from layerlab.params import Params


class HingeParams(Params):
    """The margin."""

    margin: Annotated[Positive, Field(le=1e6)] = Field(
        default=1.0, description="How far the true score must be above each other."
    )


class Hinge(LossKind[HingeParams]):
    """Rests as soon as each sample is right by the margin, where cross-entropy never does.

    The margins of the wrong classes are summed, as in the paper; ``torch.nn.MultiMarginLoss`` is this divided by the
    number of classes.
    """

    kind = "hinge"
    title = "Hinge (multi-class)"
    help = "How much the other scores lack to be below the true one by a margin; 0 as soon as all are."
    formula = r"\sum_{j \ne y} \max(0,\; s_j - s_y + m)"
    source = "Weston, Watkins 1999, Support Vector Machines for Multi-Class Pattern Recognition; MultiMarginLoss"
    Params = HingeParams
    example: ClassVar[dict[str, Any]] = {"kind": "hinge"}
    tasks = ("classification",)
    title_of_loss = "Hinge loss"

    def output_shape(self, num_classes: int, target_shape: tuple[int, ...]) -> tuple[int, ...]:
        """One score a class."""
        return (num_classes,)

    def value(self, params: HingeParams, output: Tensor, targets: Tensor) -> Tensor:
        """Mean over the batch of the sum over wrong classes; ``output`` [N, K] scores, ``targets`` [N] classes."""
        true_n1 = output.gather(1, targets[:, None])
        margins_nk = (output - true_n1 + params.margin).clamp(min=0)
        wrong_nk = 1 - one_hot(targets, output.shape[1], output)
        return (margins_nk * wrong_nk).sum(1).mean()

    def predicted(self, output_nk: Tensor) -> Tensor:
        """The class with the largest score."""
        return output_nk.argmax(1)
