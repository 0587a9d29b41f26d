"""Gradient descent on all samples."""

from typing import Any, ClassVar

from layerlab_schemas.base import Boolean
from torch.optim import SGD, Optimizer

from layerlab.optimizers.base import DECOUPLED, OptimizerKind, OptimizerParams, Rate, Small
from layerlab.params import live


class GradientDescentParams(OptimizerParams):
    """Rate and decay."""

    lr: Rate = live(0.1, "Learning rate: how far a step goes.")
    weight_decay: Small = live(0.0, "Pulls weights to 0, as an L2 penalty of this weight.")
    decoupled_weight_decay: Boolean = live(False, DECOUPLED)


class GradientDescent(OptimizerKind[GradientDescentParams]):
    """The whole training set in each step: smooth and dear. Nothing is random but dropout."""

    kind = "gd"
    title = "Gradient descent"
    help = "A step against the gradient of all training samples at once, whatever the batch size: one step an epoch."
    formula = r"w \leftarrow w - \eta\, \frac{1}{N} \sum_{n=1}^{N} \nabla \ell_n(w)"
    source = "Cauchy 1847, Méthode générale pour la résolution des systèmes d'équations; torch.optim.SGD"
    Params = GradientDescentParams
    example: ClassVar[dict[str, Any]] = {"kind": "gd", "lr": 0.1}
    full_batch = True

    @property
    def torch_class(self) -> type[Optimizer]:
        """PyTorch's, without momentum."""
        return SGD
